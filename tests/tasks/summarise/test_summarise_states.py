"""Each row of the state table of the public interface, as far as OneRoster 1.1 can say it.

A class and a student for each case: a quiz of 100 points with 80 earned, and beside it an essay of 50 in the state.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.tasks.gradebook import Gradebook, Rooms, new_home, policy

NOTHING = {"graded_count": 0, "missing_count": 0, "late_count": 0, "ungraded_count": 0}


@dataclass(frozen=True)
class Case:
    """What the essay is like, and what comes out."""

    current: str | None
    final: str | None
    score: str | None = None  # None with no status: no result row
    status: str = "fully graded"
    quiz: bool = True
    result: dict[str, str] = field(default_factory=dict)
    item: dict[str, str] = field(default_factory=dict)
    seat: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    letter: str | None = None  # None: that of the percentage as printed

    @property
    def has_result(self) -> bool:
        return self.score is not None or self.status != "fully graded"


GRADED = {"graded_count": 2}
ONE = {"graded_count": 1}
LEFT = {"graded_count": 1, "ungraded_count": 1}
MISSING = {"graded_count": 1, "missing_count": 1}
AFTER = {"scoreDate": "2021-12-11"}
LATE = {"comment": "Late"}
LATER = {"dueDate": "2021-12-11", "gradingPeriodSourcedId": "six-weeks-3"}
ENDED = {"endDate": "2021-10-01"}
CASES = {
    "graded": Case("66.67", "66.67", "20", counts=GRADED),
    "real 0": Case("53.33", "53.33", "0", counts=GRADED),
    "partially graded": Case("80.00", "66.67", "20", "partially graded", counts=LEFT),
    "exempt": Case("80.00", "80.00", None, "exempt", counts=ONE),
    "exempt with a score": Case("80.00", "80.00", "20", "exempt", counts=ONE),
    "exempt and late": Case("80.00", "80.00", None, "exempt", result=LATE, counts=ONE),
    "submitted, no score": Case("80.00", "80.00", None, "submitted", counts=LEFT),
    "no result row": Case("80.00", "80.00", counts=LEFT),
    "not submitted": Case("80.00", "53.33", None, "not submitted", counts=MISSING),
    "not submitted with a score": Case("66.67", "66.67", "20", "not submitted", counts=GRADED | {"missing_count": 1}),
    "late": Case("66.67", "66.67", "20", result=LATE, counts=GRADED | {"late_count": 1}),
    "late, not graded yet": Case("80.00", "80.00", None, "submitted", result=LATE, counts=LEFT | {"late_count": 1}),
    "worth 0 with a score": Case("85.00", "85.00", "5", item={"resultValueMax": "0"}, counts=GRADED),
    "worth 0 without a score": Case("80.00", "80.00", item={"resultValueMax": "0"}, counts=ONE),
    "above 100 per cent": Case("93.33", "93.33", "60", counts=GRADED),
    "marked on the cut-off": Case("66.67", "66.67", "20", result={"scoreDate": "2021-12-10"}, counts=GRADED),
    "marked after the cut-off": Case("80.00", "80.00", "20", result=AFTER, counts=ONE),
    "marked late after the cut-off": Case("80.00", "80.00", "20", result=AFTER | LATE, counts=ONE),
    "missing, noted after the cut-off": Case("80.00", "80.00", None, "not submitted", result=AFTER, counts=ONE),
    "due after the cut-off": Case("80.00", "80.00", item=LATER, counts=ONE),
    "due on the cut-off": Case("80.00", "80.00", item=LATER | {"dueDate": "2021-12-10"}, counts=LEFT),
    "due after the cut-off, marked before": Case("66.67", "66.67", "20", item=LATER, counts=GRADED),
    "of the spring": Case("80.00", "80.00", "20", item={"gradingPeriodSourcedId": "six-weeks-4"}, counts=ONE),
    "of the semester itself": Case("66.67", "66.67", "20", item={"gradingPeriodSourcedId": "2021-fall"}, counts=GRADED),
    "result in an ended enrollment": Case("66.67", "66.67", "20", seat=ENDED, counts=GRADED, letter=""),
    "all excused": Case(None, None, None, "exempt", quiz=False),
    "nothing marked yet": Case(None, None, quiz=False, counts={"ungraded_count": 1}),
    "only a missing mark": Case(None, "0.00", None, "not submitted", quiz=False, counts={"missing_count": 1}),
    "only a real 0": Case("0.00", "0.00", "0", quiz=False, counts=ONE),
    "prints as 90 and is less": Case(
        "90.00", "90.00", "89.996", quiz=False, item={"resultValueMax": "100"}, counts=ONE, letter="A"
    ),
    "only later work": Case(None, None, quiz=False, item=LATER),
}  # fmt: skip


def build() -> Gradebook:
    book = Gradebook()
    book.school()
    for number, case in enumerate(CASES.values()):
        person, class_id = f"s{number}", f"c{number}"
        book.student(person)
        book.course(class_id)
        book.enroll(person, class_id, **case.seat)
        if case.quiz:
            book.item(f"quiz{number}", class_id, "100")
            book.mark(f"quiz{number}", person, "80")
        book.item(f"essay{number}", class_id, **{"possible": "50", **case.item})
        if case.has_result:
            book.mark(f"essay{number}", person, case.score or "", scoreStatus=case.status, **case.result)
    for person, seat in (("ended", {"endDate": "2021-08-23"}), ("future", {"beginDate": "2021-12-11"}), ("empty", {})):
        book.student(person)
        book.course(f"c-{person}")
        book.enroll(person, f"c-{person}", **seat)
    return book


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rooms, Any]:
    folder = tmp_path_factory.mktemp("states")
    rooms = Rooms(new_home(folder / "home"))
    extract = rooms.check(build().write(folder / "x"))
    assert rooms.findings(extract).rejected == ()  # each case is one that the contracts let in
    return rooms, rooms.summarise(rooms.load(extract), policy())


@pytest.mark.parametrize("name", CASES)
def test_the_state_counts_as_the_interface_says(states: tuple[Rooms, Any], name: str) -> None:
    rooms, summaries = states
    number, case = list(CASES).index(name), CASES[name]
    found = rooms.course(summaries, f"s{number}", f"c{number}")
    assert found is not None
    shown = [None if found[key] is None else f"{found[key]:.2f}" for key in ("current_percent", "final_percent")]
    assert shown == [case.current, case.final]
    assert {key: found[key] for key in NOTHING} == NOTHING | case.counts
    printed = None if case.final is None else "A" if float(case.final) >= 90 else "F"
    assert found["letter"] == (printed if case.letter is None else case.letter or None)  # "": left, so without one


def test_a_class_without_work_is_on_the_report_without_a_grade(states: tuple[Rooms, Any]) -> None:
    rooms, summaries = states
    found = rooms.course(summaries, "empty", "c-empty")
    assert found is not None
    assert (found["current_percent"], found["final_percent"], found["letter"]) == (None, None, None)


@pytest.mark.parametrize("person", ["ended", "future"])
def test_who_was_not_in_the_class_in_this_session_has_no_course(states: tuple[Rooms, Any], person: str) -> None:
    rooms, summaries = states
    assert rooms.course(summaries, person, f"c-{person}") is None


def test_the_report_lists_missing_and_late_work_with_its_score(states: tuple[Rooms, Any]) -> None:
    rooms, summaries = states
    names = list(CASES)
    rows = rooms.rows("SELECT line_item_id, work_state, score FROM lake.out_work WHERE policy = ?", summaries.policy)
    listed = sorted((names[int(item.removeprefix("essay"))], (state, score)) for item, state, score in rows)
    once = {
        "not submitted": ("missing", None), "not submitted with a score": ("missing", 20), "late": ("late", 20),
        "only a missing mark": ("missing", None),
        **dict.fromkeys(("submitted, no score", "no result row", "late, not graded yet",
                         "due on the cut-off", "nothing marked yet"), ("to_mark", None)),
    }  # fmt: skip
    # what came late and has no mark is both
    assert listed == sorted([*once.items(), ("late, not graded yet", ("late", None))])


def test_an_earlier_cut_off_leaves_out_what_came_later(states: tuple[Rooms, Any]) -> None:
    from datetime import date

    rooms, summaries = states
    early = rooms.summarise(summaries.extract_id, policy(), cutoff=date(2021, 9, 9))
    found = rooms.course(early, "s0", "c0")
    assert found is not None
    assert (found["current_percent"], found["final_percent"], found["graded_count"]) == (None, None, 0)
