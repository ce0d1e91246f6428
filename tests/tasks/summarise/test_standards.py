"""Mastery of learning objectives, and marks in the words of a score scale (OneRoster 1.2)."""

import csv
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.settings.grading import GradingPolicy

from benchmarks.district.columns import columns
from tests.oneroster_1_2 import to_1_2
from tests.tasks.gradebook import Gradebook, Rooms, new_home, policy

HEADERS = columns("1.2") | {
    "lineItemLearningObjectiveIds.csv": ["sourcedId", "status", "dateLastModified", "lineItemSourcedId", "source",
                                         "learningObjectiveId"],
    "resultLearningObjectiveIds.csv": ["sourcedId", "status", "dateLastModified", "resultSourcedId", "source",
                                       "learningObjectiveId", "score", "textScore"],
    "scoreScales.csv": ["sourcedId", "status", "dateLastModified", "title", "type", "orgSourcedId", "courseSourcedId",
                        "classSourcedId", "scoreScaleValue"],
    "lineItemScoreScales.csv": ["sourcedId", "status", "dateLastModified", "title", "lineItemSourcedId",
                                "scoreScaleSourcedId"],
}  # fmt: skip
LEVELS = {"4": "90", "3": "75", "2": "50", "1": "0"}


def _write(folder: Path, name: str, *rows: dict[str, str]) -> None:
    with (folder / name).open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, HEADERS[name], restval="")
        writer.writeheader()
        writer.writerows({"sourcedId": f"{name}-{number}", **row} for number, row in enumerate(rows))


def _in_words(folder: Path) -> None:
    """The results of the line item `words` lose their number and get a word, with blanks and marks nobody sees."""
    path = folder / "results.csv"
    with path.open(newline="", encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    for row in rows:
        if row["lineItemSourcedId"] == "words":
            row["textScore"], row["score"] = (
                {"1": "Getting\u00a0there", "3": "Secure, with help\u200b"}[row["score"]],
                "",
            )
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, HEADERS["results.csv"])
        writer.writeheader()
        writer.writerows(rows)


def _manifest(folder: Path) -> None:
    path = folder / "manifest.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        name = line.split(",")[0].removeprefix("file.")
        if line.endswith(",absent") and (folder / f"{name}.csv").exists():
            lines[number] = line.replace(",absent", ",bulk")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write(folder: Path) -> Path:
    """Ann: 6 of 10, a word worth 3 of 4, 16 of 20 with 4 on the second objective; Bob: a word worth 1."""
    book = Gradebook()
    book.school()
    book.course("math")
    for item, possible in (("first", "10"), ("second", "20"), ("words", "4"), ("after", "10")):
        book.item(item, "math", possible)
    for person in ("ann", "bob"):
        book.student(person)
        book.enroll(person, "math")
    book.mark("first", "ann", "6", scoreDate="2021-09-10")
    book.mark("second", "ann", "16", scoreDate="2021-10-10")
    book.mark("words", "ann", "3", scoreDate="2021-09-20")
    book.mark("words", "bob", "1", scoreDate="2021-09-20")
    book.mark("after", "ann", "10", scoreDate="2021-12-20")  # after the cut-off
    book.mark("first", "bob", "9", scoreStatus="exempt")
    book.write(folder)
    to_1_2(folder)
    about = [{"lineItemSourcedId": i, "source": "case", "learningObjectiveId": "fractions"}
             for i in ("first", "second", "words", "after")]  # fmt: skip
    _write(folder, "lineItemLearningObjectiveIds.csv", *about)
    own = {"resultSourcedId": "r-second-ann", "source": "case", "learningObjectiveId": "decimals", "score": "4"}
    _write(folder, "resultLearningObjectiveIds.csv", own)
    _write(folder, "scoreScales.csv", {
        "title": "Steps", "type": "standards", "orgSourcedId": "255901001", "courseSourcedId": "course-math",
        "classSourcedId": "math", "scoreScaleValue": "{1:Getting there},{3:Secure, with\u00a0help},{4:Beyond}",
    })  # fmt: skip
    _write(folder, "lineItemScoreScales.csv",
           {"lineItemSourcedId": "words", "scoreScaleSourcedId": "scoreScales.csv-0"})  # fmt: skip
    _in_words(folder)
    _manifest(folder)
    return folder


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rooms, Any]:
    folder = tmp_path_factory.mktemp("standards")
    rooms = Rooms(new_home(folder / "home"))
    return rooms, rooms.take_in(write(folder / "extract"))


def standards(taken: tuple[Rooms, Any], **rules: Any) -> dict[tuple[str, str], tuple[Any, ...]]:
    rooms, extract_id = taken
    chosen = policy(version=str(rules), standards=rules)
    rooms.summarise(extract_id, chosen)
    rows = rooms.rows(
        "SELECT person_ref, objective_id, result_count, percent::VARCHAR, level, is_mastered"
        " FROM lake.out_standard_summary WHERE policy = ?", chosen.content_version,
    )  # fmt: skip
    names = {rooms.home.people.find(name): name for name in ("ann", "bob")}
    return {(names[ref], objective): tuple(rest) for ref, objective, *rest in rows}


@pytest.mark.parametrize(
    ("rule", "percent", "level", "mastered"),
    [
        ("latest", "80.000000", "3", True),  # 16 of 20, the last before the cut-off
        ("highest", "80.000000", "3", True),
        ("points", "73.530000", "2", False),  # 6 + 16 + 3 of 10 + 20 + 4
    ],
)
def test_marks_of_an_objective_become_one_by_rule(
    taken: tuple[Rooms, Any], rule: str, percent: str, level: str, mastered: bool
) -> None:
    found = standards(taken, rule=rule, scale=LEVELS)
    assert found["ann", "fractions"] == (3, percent, level, mastered)


def test_a_mark_of_the_objective_itself_goes_before_that_of_the_result(taken: tuple[Rooms, Any]) -> None:
    assert standards(taken, scale=LEVELS)["ann", "decimals"] == (1, "20.000000", "1", False)


def test_a_word_counts_as_its_scale_says_and_what_is_excused_does_not(taken: tuple[Rooms, Any]) -> None:
    assert standards(taken)["bob", "fractions"] == (1, "25.000000", None, False)


def test_a_word_of_a_score_scale_counts_in_the_grade(taken: tuple[Rooms, Any]) -> None:
    rooms, extract_id = taken
    found = rooms.course(rooms.summarise(extract_id, policy(version="words")), "bob", "math")
    assert found is not None
    assert str(found["current_percent"]) == "25.000000"


@pytest.mark.parametrize(("mastery", "mastered"), [("80", True), ("80.0001", False)])
def test_mastery_is_looked_up_unrounded_and_inclusive(taken: tuple[Rooms, Any], mastery: str, mastered: bool) -> None:
    assert standards(taken, mastery=mastery)["ann", "fractions"][3] is mastered


def test_a_gap_in_the_scale_of_standards_is_refused() -> None:
    with pytest.raises(ValueError, match="gap"):
        GradingPolicy.model_validate({"version": "t", "standards": {"scale": {"4": "90", "3": "75"}}})
