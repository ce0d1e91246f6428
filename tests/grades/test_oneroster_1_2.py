"""What OneRoster 1.2 says of marks and weights: flags of a result, weights of categories, items without points."""

from pathlib import Path
from typing import Any

import pytest

from tests.grades.bundle import Answer, Bundle, ask

_answers: dict[str, Answer] = {}
POLICY = """version = "t"
[scale]
A = "90"
F = "0"
[class.late]
late = { percent_per_interval = "10", floor_percent = "30" }
[class.late-hour]
late = { percent_per_interval = "1", interval = "hour" }
[class.missing.missing]
deduct_percent = "40"
[class.points]
aggregate = "points"
[class.own.category.Homework]
weight = "50"
"""


def build() -> Bundle:
    book = Bundle(version="1.2")
    weights = {"homework": "25", "exam": "75", "none": "", "other": ""}
    for category, weight in weights.items():
        book.add("categories.csv", sourcedId=category, title=category.title(), weight=weight)

    def course(class_id: str, *marks: tuple[str, Any, Any, dict[str, str]]) -> None:
        book.klass(class_id)
        for number, (category, possible, score, cells) in enumerate(marks):
            item = f"{class_id}-{number}"
            book.item(item, class_id, category, possible, dueDate="2021-09-01")
            status = "fully graded" if score is not None else "submitted"
            book.mark(
                item, score, classSourcedId=class_id, **{"scoreStatus": status, "scoreDate": "2021-09-01", **cells}
            )

    course("weights", ("homework", 10, 5, {}), ("exam", 10, 10, {}))
    course("points", ("homework", 10, 5, {}), ("exam", 10, 10, {}))
    course("own", ("homework", 10, 5, {}), ("exam", 10, 10, {}))
    course("null", ("none", 10, 5, {}), ("other", 10, 10, {}))
    course("late", ("homework", 1000, 800, {"late": "true", "scoreDate": "2021-09-08"}))
    course("late-hour", ("homework", 100, 90, {"late": "true", "scoreDate": "2021-09-02"}))
    course("on-time", ("homework", 1000, 800, {"late": "false", "scoreDate": "2021-09-08"}))
    course("missing", ("homework", 50, None, {"missing": "true"}), ("homework", 50, 10, {"missing": "true"}))
    course("incomplete", ("homework", 10, 9, {}), ("homework", 10, 9, {"incomplete": "true"}))
    course("worthless", ("homework", 10, 9, {}), ("homework", "", 2, {}))
    return book


@pytest.fixture
def answer(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Answer:
    if not _answers:
        folder: Path = tmp_path_factory.mktemp("1.2")
        (folder / "grading.toml").write_text(POLICY)
        _answers["it"] = ask(
            capsys, monkeypatch, build().write(folder / "x"), "--policy", folder / "grading.toml", "--json"
        )
    assert (_answers["it"].code, _answers["it"].err) == (0, "")
    return _answers["it"]


@pytest.mark.parametrize(
    ("class_id", "current", "final", "letter", "points"),
    [
        ("weights", "87.50", "87.50", "F", "15"),  # 25 and 75, as the extract has it
        ("points", "75.00", "75.00", "F", "15"),
        ("own", "100.00", "100.00", "A", "15"),  # 50 of the policy beside 75 of the extract, not scaled down
        ("null", "75.00", "75.00", "F", "15"),  # no weights at all: all points together
        ("late", "30.00", "30.00", "F", "300"),  # a week late, down to the floor
        ("late-hour", "66.00", "66.00", "F", "66"),
        ("on-time", "80.00", "80.00", "F", "800"),  # 1.2 says what is late
        ("missing", "40.00", "40.00", "F", "40"),  # 60 per cent of 50, and a score as it is
        ("incomplete", "90.00", "45.00", "I", "9"),
        ("worthless", "110.00", "110.00", "A", "11"),
    ],
)
def test_what_1_2_says_counts(
    answer: Answer, class_id: str, current: str, final: str, letter: str, points: str
) -> None:
    found = answer.course(class_id)
    assert (found["current"], found["final"], found["letter"], found["current_points"]) == (
        current, final, letter, points,
    )  # fmt: skip
