"""`termpost grades` against a second opinion (tests/grades/oracle.py) on terms that are made up, line by line.

The second opinion was written from docs/grading.md alone and shares no code with termpost. Where the docs do not
decide, it has none, and the line is skipped and counted.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from termpost.schemas.settings.grading import GradingPolicy, load_grading
from termpost.tasks.lake import connection
from termpost.tasks.lake.connection import memory_connection
from termpost.tasks.summarise import grades as summarise_grades

from tests.grades.bundle import Answer, ask
from tests.grades.made_world import make_world
from tests.grades.oracle import Opinion, SecondOpinion, Total, letter_of, rounded
from tests.grades.oracle_drops import NotDecided
from tests.grades.oracle_questions import Questions
from tests.grades.world import ClassKeys, World
from tests.grades.world_bundle import write_world
from tests.grades.world_cycle import cycle_of

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
    seeds: Iterable[int], examples: int, grades: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `grades`, and as a cycle keeps it, with what the school decided."""
    lakes = kept_lakes(monkeypatch)
    lines, undecided, differences = 0, 0, list[str]()
    for seed in seeds:
        world = make_world(seed)
        plain_world = replace(world, signed_off=frozenset(), accepted=frozenset())
        said = SecondOpinion(plain_world).all()
        lines += len(said)
        undecided += sum(isinstance(opinion, NotDecided) for opinion in said.values())
        given = answer(grades, world, tmp_path / str(seed))
        found = (*differ(world, said, given["courses"]), *differ_in_periods(plain_world, said, given["periods"]))
        differences += [f"seed {seed}, {one}" for one in found]
        kind = "midterm" if seed % 4 == 3 else "final"
        policy = load_grading(tmp_path / str(seed) / "grading.toml", {})
        monkeypatch.setattr(summarise_grades, "MANY_SEATS", 0 if seed % 3 else 10**9)  # all at once, or one by one
        with closing(lakes.pop()) as lake:
            found = tuple(differ_in_cycle(world, kind, lake, policy))
        differences += [f"seed {seed}, cycle: {one}" for one in found]
    assert not differences, f"{len(differences)} differ:\n" + "\n".join(differences[:SHOWN])
    assert lines >= examples
    assert undecided <= MOST_UNDECIDED * lines


def kept_lakes(monkeypatch: pytest.MonkeyPatch) -> list[duckdb.DuckDBPyConnection]:
    """The lakes that `grades` made, newest last: loading one takes longest of all."""
    lakes: list[duckdb.DuckDBPyConnection] = []

    def keep() -> duckdb.DuckDBPyConnection:
        lakes.append(memory_connection())
        given = lakes[-1].cursor()  # the same database, closed by itself
        given.execute("SET TimeZone = 'UTC'")
        return given

    monkeypatch.setattr(connection, "memory_connection", keep)
    return lakes


def answer(grades: Ask, world: World, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What termpost says of every line of a world, and of its grading periods."""
    extract, policy = write_world(world, folder)
    given = grades(extract, "--policy", policy, "--as-of", world.cutoff.isoformat(), "--json")
    said = [line for line in given.err.splitlines() if "the weights of " not in line]
    assert (given.code, said) == (0, [])  # nothing is quarantined, or lines would differ for another reason
    return given.json


def differ_in_periods(
    world: World, said: dict[Key, Opinion | NotDecided], given: list[dict[str, Any]]
) -> Iterator[str]:
    """The same of each grading period by itself; one in which nothing counts need not be told."""
    opinion = SecondOpinion(world)
    found = {(row["class"], row["student"], row["session"]): row for row in given}
    for key, line in said.items():
        if isinstance(line, NotDecided):
            continue
        keys = world.classes[key[0]].keys
        for period, totals in opinion.of_periods(line.line).items():
            row = found.pop((*key, period), {"current": None, "final": None})
            for field, total in zip(("current", "final"), totals, strict=True):
                value = None if row[field] is None else Fraction(row[field])
                if value != printed(total, keys):
                    yield f"{key}, {period}: {field} is {shown(value)}, and {shown(printed(total, keys))} by the docs"
    yield from (f"{key}: termpost alone has this period" for key in found)


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


def differ_in_cycle(world: World, kind: str, lake: duckdb.DuckDBPyConnection, policy: GradingPolicy) -> Iterator[str]:
    """The same of what a cycle keeps: courses, what they leave out, questions and grades that were set elsewhere."""
    opinion = SecondOpinion(world)
    everything = opinion.all()
    said = {key: one for key, one in everything.items() if isinstance(one, Opinion)}
    undecided = everything.keys() - said.keys()
    questions = Questions(opinion, said.values()) if kind == "final" else None
    kept = cycle_of(world, kind, lake, policy)
    open_lines = questions.open_lines() if questions else set()
    expected = {key: cycle_values(world, one, kind) | {"is_open": key in open_lines} for key, one in said.items()}
    for key in sorted(expected.keys() | kept.courses.keys() - undecided):
        name = f"student {key[1]}, class {key[0]}"
        if key not in expected or key not in kept.courses:
            yield f"{name}: {'termpost' if key not in expected else 'the oracle'} alone has this line"
            continue
        for field, value in expected[key].items():
            if (found := kept.courses[key][field]) != value:
                yield f"{name}: {field} is {shown(found)}, and {shown(value)} by the docs"
    asked = questions.all() if questions else {}
    for question in sorted(asked.keys() | kept.questions.keys()):
        if not undecided and asked.get(question) != kept.questions.get(question):
            yield f"{question}: asked for {kept.questions.get(question)}, and for {asked.get(question)} by the docs"


def cycle_values(world: World, opinion: Opinion, kind: str) -> dict[str, Any]:
    """A line as `out_course_summary` and `out_left_out` should keep it."""
    midterm = kind == "midterm"
    total = opinion.printed(midterm=midterm)
    expected = values(world, opinion) | {"source": "computed", "weighed": None, "left_out": (), "empty": ()}
    if opinion.imported is not None:
        expected["source"] = "imported"
        if midterm:
            expected |= {"current": opinion.imported.percent, "current_letter": opinion.imported.letter}
            expected["if_missing"] = None
    else:
        expected["weighed"] = None if total.weighed is None else rounded(100 * total.weighed, 6, "down")
        if opinion.line.left is None and total.percent is not None:
            expected |= {"left_out": tuple(sorted(total.left_out)), "empty": tuple(sorted(total.empty))}
    points = ("current_points", "current_possible", "final_points", "final_possible")
    return {name: value for name, value in expected.items() if name not in points}


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
    if opinion.imported is not None:
        expected |= {"final": opinion.imported.percent, "letter": opinion.imported.letter}
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
    if (
        opinion.has_unweighed
        or 0 in keys.periods.values()
        or any(total.percent is None or (keys.periods and (total.left_out or total.empty)) for total in totals)
    ):
        return False
    return all(rule.aggregate == "points" for rule in keys.categories.values())


def shown(value: object) -> str:
    if isinstance(value, Fraction):
        return f"{float(value):.6f}".rstrip("0").rstrip(".")
    return str(value)
