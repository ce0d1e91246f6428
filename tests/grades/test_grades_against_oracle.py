"""`termpost grades` against a second opinion (tests/grades/oracle.py) on terms that are made up, line by line.

The second opinion was written from docs/grading.md alone and shares no code with termpost. Where the docs do not
decide, it has none, and the line is skipped and counted.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.grades.bundle import Answer, ask
from tests.grades.made_world import make_world
from tests.grades.oracle import Opinion, SecondOpinion, Total, letter_of, rounded
from tests.grades.oracle_drops import NotDecided
from tests.grades.world import ClassKeys, World
from tests.grades.world_bundle import write_world

Ask = Callable[..., Answer]
Key = tuple[str, str]  # class, student
EXACT = ("current", "final", "if_missing", "current_points", "current_possible", "final_points", "final_possible")
MOST_UNDECIDED = Fraction(5, 100)
SHOWN = 20  # differences in a failure's message


@pytest.fixture
def grades(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return lambda *arguments: ask(capsys, monkeypatch, *arguments)


@pytest.mark.parametrize(
    ("seeds", "examples"),
    [
        pytest.param((0, 2), 300, id="some"),  # between them they see the mistakes of tests/breakages/grades.toml
        pytest.param(range(1000, 1064), 10_000, id="many", marks=pytest.mark.soak),
    ],
)
def test_every_line_is_what_the_docs_make_of_it(
    seeds: Iterable[int], examples: int, grades: Ask, tmp_path: Path
) -> None:
    lines, undecided, differences = 0, 0, list[str]()
    for seed in seeds:
        world = make_world(seed)
        said = SecondOpinion(world).all()
        lines += len(said)
        undecided += sum(isinstance(opinion, NotDecided) for opinion in said.values())
        differences += [
            f"seed {seed}, {found}" for found in differ(world, said, answer(grades, world, tmp_path / str(seed)))
        ]
    assert not differences, f"{len(differences)} differ:\n" + "\n".join(differences[:SHOWN])
    assert lines >= examples
    assert undecided <= MOST_UNDECIDED * lines


def answer(grades: Ask, world: World, folder: Path) -> list[dict[str, Any]]:
    """What termpost says of every line of a world."""
    extract, policy = write_world(world, folder)
    given = grades(extract, "--policy", policy, "--as-of", world.cutoff.isoformat(), "--json")
    assert (given.code, given.err) == (0, "")  # nothing is quarantined, or lines would differ for another reason
    return list(given.json["courses"])


def differ(world: World, said: dict[Key, Opinion | NotDecided], given: list[dict[str, Any]]) -> Iterator[str]:
    """Each value of a line that the two see differently, as text."""
    lines = {(course["class"], course["student"]): course for course in given}
    assert len(lines) == len(given), "a line stands twice"
    for key in sorted(said.keys() | lines.keys()):
        opinion, line = said.get(key), lines.get(key)
        name = f"student {key[1]}, class {key[0]}"
        if isinstance(opinion, NotDecided):
            continue
        if opinion is None or line is None:
            yield f"{name}: {'termpost' if opinion is None else 'the oracle'} alone has this line"
            continue
        for field, expected in values(world, opinion).items():
            found = line[field]
            if field in EXACT and found is not None:
                found = Fraction(found)
            if found != expected:
                yield f"{name}: {field} is {shown(found)}, and {shown(expected)} by the docs"


def values(world: World, opinion: Opinion) -> dict[str, Any]:
    """A line as `termpost grades --json` should say it."""
    line, keys = opinion.line, world.classes[opinion.line.klass].keys
    expected: dict[str, Any] = {
        "current": printed(opinion.current, keys),
        "final": printed(opinion.final, keys),
        "if_missing": printed(opinion.if_missing, keys) if opinion.if_missing else None,
        "current_letter": letter(opinion, opinion.current, keys),
        "letter": letter(opinion, opinion.final, keys),
        "missing": opinion.missing,
        "to_mark": opinion.to_mark,
        "left": line.left.isoformat() if line.left else None,
        "moved_from": line.came_from[-1] if line.came_from else None,
    }
    if has_points(opinion, keys):
        for kind, total in (("current", opinion.current), ("final", opinion.final)):
            expected |= {f"{kind}_points": total.earned, f"{kind}_possible": total.possible}
    return expected


def printed(total: Total, keys: ClassKeys) -> Fraction | None:
    return None if total.percent is None else rounded(total.percent, keys.places, keys.mode)


def letter(opinion: Opinion, total: Total, keys: ClassKeys) -> str | None:
    if opinion.line.left:
        return None
    return "I" if opinion.is_incomplete else letter_of(total.percent, keys)


def has_points(opinion: Opinion, keys: ClassKeys) -> bool:
    """Whether the docs say which points a grade rests on: not of averages, nor of what has no weight or no grade."""
    totals = (opinion.current, opinion.final)
    if any(total.percent is None or (keys.periods and total.left_out) for total in totals):
        return False
    rules = keys.categories.values()
    return all(rule.aggregate == "points" and (rule.weight or not opinion.is_weighted) for rule in rules)


def shown(value: object) -> str:
    if isinstance(value, Fraction):
        return f"{float(value):.6f}".rstrip("0").rstrip(".")
    return str(value)
