"""`--school`: what is one school's in a home of several, and in nobody else's list. One student sits in both."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import Command
from tests.laws.test_law_15_everybody_is_accounted_for import CENTRE, DUAL, EMPTY, HIGH, ONE, bundle
from tests.school import CYCLE, Extract, Prepared, new_school
from tests.snapshots import snapshot, working_copy


def two_schools(folder: Path) -> Prepared:
    """Two reports wait in one school, and one in the other."""
    new = new_school(folder / "home")
    bundle(folder / "extract")
    school = Prepared(new.home, new.phone, extract=Extract(folder / "extract"))
    school.prepare(school.extract)
    return school


@pytest.fixture
def district(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    with working_copy(snapshot(tmp_path_factory, "two-schools", two_schools), tmp_path) as made:
        yield made


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def asked(command: Command, district: Prepared, *words: object) -> Any:
    said = command(*words, "--json", "--home", district.home, "--as-of", district.told)
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_status_counts_by_school_and_one_school_alone(district: Prepared, command: Command) -> None:
    whole = asked(command, district, "status", "--cycle", CYCLE)
    made = {one["school"]: one["made"] for one in whole["schools"]}
    assert (made[HIGH], made[CENTRE], whole["reports"]["made"]) == (2, 1, 3)
    assert set(whole["schools"][0]) == {"school", *whole["reports"]}
    alone = asked(command, district, "status", "--cycle", CYCLE, "--school", CENTRE)
    assert alone["reports"]["made"] == 1
    assert [one["school"] for one in alone["schools"]] == [CENTRE]
    shown = command("status", "--cycle", CYCLE, "--home", district.home, "--as-of", district.told).out
    assert "By school" in shown


def test_lists_are_of_one_school(district: Prepared, command: Command) -> None:
    rows = asked(command, district, "recipients", "--cycle", CYCLE, "--school", CENTRE)
    assert {row["student"] for row in rows} == {DUAL}
    assert {row["student"] for row in asked(command, district, "recipients", "--cycle", CYCLE)} == {DUAL, ONE}


EVERY = (
    ("status",), ("holds",), ("recipients", "--cycle", CYCLE), ("deliveries",), ("deadlines",), ("feedback", "list"),
    ("meetings", "list"), ("proof", "--cycle", CYCLE, "--out", "proof"), ("export", "--cycle", CYCLE, "--out", "out"),
    ("comments", "export", "comments.csv", "--cycle", CYCLE), ("print", "--cycle", CYCLE, "--out", "packs"),
)  # fmt: skip


def test_a_school_that_nobody_knows_is_one_refusal_everywhere(district: Prepared, command: Command) -> None:
    for words in EVERY:
        said = command(*words, "--school", "nowhere", "--home", district.home, "--as-of", district.told)
        assert said.code == 1, words
        assert "nothing was prepared of this school" in said.complaint, words
        assert f"give one of {HIGH}, {CENTRE}, {EMPTY}" in said.complaint, words


def test_an_empty_list_says_so(district: Prepared, command: Command) -> None:
    given = ("--home", district.home, "--as-of", district.told)
    for words in (("holds",), ("deliveries",), ("feedback", "list"), ("meetings", "list")):
        assert "Nothing." in command(*words, "--school", CENTRE, *given).out
