"""England's yearly report: without a comment or the school's attendance it is held, and no other report is."""

from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import Refused
from termpost.tasks.stage.required import refuse_unshown

from tests.tasks.gradebook import SCHOOL, Gradebook, Rooms, new_home
from tests.tasks.stage.test_stage import holds

ENGLAND: dict[str, Any] = {"TERMPOST_LAW__JURISDICTION": "GB-ENG"}


def with_comment(gradebook: Gradebook, person: str) -> None:
    gradebook.add("supplement/comments.csv", studentSourcedId=person, classSourcedId="alg", cycle="2021-fall-final",
                  author="t-1", language="en", comment="Works well.")  # fmt: skip


def with_attendance(gradebook: Gradebook, person: str) -> None:
    gradebook.add("supplement/attendance.csv", studentSourcedId=person, schoolSourcedId=SCHOOL, date="2021-09-09",
                  event="Excused Absence", reason="")  # fmt: skip


@pytest.fixture
def english(tmp_path: Path) -> Rooms:
    return Rooms(new_home(tmp_path / "english", **ENGLAND))


def test_whoever_lacks_what_the_law_asks_is_held(english: Rooms, gradebook: Gradebook, tmp_path: Path) -> None:
    with_comment(gradebook, "s-anna")
    assert holds(english, gradebook, tmp_path / "x") == {
        ("s-anna", None, "no-attendance"), ("s-bela", None, "no-attendance"), ("s-bela", None, "no-comment"),
    }  # fmt: skip
    with_comment(gradebook, "s-bela")
    with_attendance(gradebook, "s-anna")  # of Bela nothing is written down: she was never absent
    assert holds(english, gradebook, tmp_path / "y") == set()


def test_where_no_law_asks_nobody_is_held(rooms: Rooms, gradebook: Gradebook, tmp_path: Path) -> None:
    assert holds(rooms, gradebook, tmp_path / "x") == set()


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"TERMPOST_REPORT__FINAL": '["work", "comments"]'}, "[report]"),
        ({"TERMPOST_REPORT__FINAL": '["work", "attendance"]'}, "[report]"),
    ],
)
def test_a_section_that_the_settings_leave_out_is_refused_before_anything_is_read(
    tmp_path: Path, settings: dict[str, Any], where: str
) -> None:
    home = new_home(tmp_path / "english", **ENGLAND, **settings)
    with pytest.raises(Refused) as caught:
        refuse_unshown(home, home.calendar.cycle("2021-fall-final"))
    assert (caught.value.code, where in str(caught.value)) == ("lacks-section", True)
    refuse_unshown(home, home.calendar.cycle("2021-fall-midterm"))


def test_a_school_that_nobody_can_ask_is_refused(tmp_path: Path) -> None:
    home = new_home(tmp_path / "english", **ENGLAND)
    before, _, rest = (home.path / "termpost.toml").read_text().partition("[institution.ask]\n")
    (home.path / "termpost.toml").write_text(before + rest[rest.index("\n[") :])
    reopened = type(home)(home.path, home.clock, ENGLAND)
    with pytest.raises(Refused, match="discuss"):
        refuse_unshown(reopened, reopened.calendar.cycle("2021-fall-final"))
