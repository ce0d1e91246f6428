"""Progress notices: only courses below the line and those that a teacher names; nobody else is overlooked."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyotp
import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import CycleId, PersonRef, Summaries
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.grade_decisions import WarningDecisions, WarningWay
from termpost.tasks.home.home import Home
from termpost.tasks.render.pdf import pdf_of
from termpost.tasks.render.report_view import report_views
from termpost.tasks.stage.manifests import keep_manifest
from termpost.tasks.stage.mark_authority import SigningPerson
from termpost.tasks.stage.required import refuse_unshown
from termpost.tasks.stage.warned import WarningChange, change_warning, refuse_changed_warnings

from tests.report_text import read_pdf
from tests.tasks.gradebook import Gradebook, Rooms, new_home
from tests.tasks.stage.test_stage import row

WEEK_3 = "2021-fall-week-3"
CYCLE = """
[[cycle]]
id = "2021-fall-week-3"
kind = "warning"
session = "2021-fall"
cutoff = "2021-12-10"
release = "2021-12-17"
below = "70"
"""


def noticing(folder: Path, cycle: str = CYCLE) -> Rooms:
    home = new_home(folder)
    calendar = home.path / "calendar.toml"
    calendar.write_text(calendar.read_text() + cycle)
    return Rooms(type(home)(home.path, home.clock, {}))


@pytest.fixture
def notices(tmp_path: Path) -> Rooms:
    return noticing(tmp_path / "noticing")


@pytest.fixture
def book(gradebook: Gradebook) -> Gradebook:
    """In algebra Anna has 90 % and Bela 0; in art both have 80 %. A teacher of algebra."""
    gradebook.course("art")
    gradebook.item("mask", "art", "10")
    for person in ("s-anna", "s-bela"):
        gradebook.enroll(person, "art")
        gradebook.mark("mask", person, "8")
    gradebook.add("users.csv", sourcedId="t-fry", role="teacher", givenName="Ana", familyName="Fry", enabledUser="true",
                  orgSourcedIds="255901001")  # fmt: skip
    gradebook.enroll("t-fry", "alg", role="teacher")
    return gradebook


def summarised(rooms: Rooms, book: Gradebook, folder: Path) -> Summaries:
    return rooms.summarise(rooms.take_in(book.write(folder)), id=CycleId(WEEK_3), kind="warning")


def named(rooms: Rooms, summaries: Summaries) -> dict[str, list[str]]:
    """Student → classes of their notice."""
    return {who: [one.class_id for one in report.courses] for who, report in rooms.reports(summaries).items()}


def kept(rooms: Rooms, summaries: Summaries) -> PreparedSchool:
    made = rooms.manifest(summaries, rooms.render(summaries))
    keep_manifest(rooms.home, "test", made)
    return made


class Teacher:
    """Of algebra, with an authenticator."""

    def __init__(
        self, home: Home, staff: str = "afry", role: str = "teacher", teacher_id: str | None = "t-fry"
    ) -> None:
        self.home, self.staff = home, staff
        self.secret = pyotp.parse_uri(home.staff.add(staff, "Ana Fry", role, teacher_id=teacher_id)).secret
        self.now = datetime(2021, 12, 17, 14, tzinfo=UTC)

    def change(self, person: str, class_id: str, way: WarningWay, reason: str | None, words: str | None = None,
               code: str | None = None) -> None:  # fmt: skip
        self.now += timedelta(seconds=30)
        signing = SigningPerson(self.staff, code or pyotp.TOTP(self.secret).at(self.now), self.now, words=words)
        change_warning(self.home, WEEK_3, WarningChange(ref(self.home, person), class_id, way, reason), signing)


def ref(home: Home, person: str) -> PersonRef:
    found = home.people.find(person)
    assert found
    return found


def test_a_notice_has_only_courses_below_the_line_and_who_has_none_is_named(
    notices: Rooms, book: Gradebook, tmp_path: Path
) -> None:
    summaries = summarised(notices, book, tmp_path / "x")
    assert named(notices, summaries) == {"s-bela": ["alg"]}
    made = kept(notices, summaries)
    assert [report.student for report in made.reports] == [ref(notices.home, "s-bela")]
    assert [(one.student, one.reason) for one in made.unreported] == [(ref(notices.home, "s-anna"), "nothing-below")]
    assert made.holds == ()


def test_the_paper_says_what_it_is_and_its_grade_is_the_one_so_far(
    notices: Rooms, book: Gradebook, tmp_path: Path
) -> None:
    book.item("exam", "alg", "10", dueDate="2021-12-09")
    book.mark("exam", "s-bela", "9")
    book.item("open", "alg", "10", dueDate="2021-12-09")  # nobody has a mark: as in a midterm it counts for nothing
    (report,) = notices.reports(summarised(notices, book, tmp_path / "x")).values()
    (course,) = report.courses
    assert (course.current, course.final) == (Decimal(45), None)
    assert (report.gpa, report.rank) == (None, None)
    text = " ".join(read_pdf(pdf_of(report_views(report, "en"), date(2021, 12, 10))).split())
    assert "Progress notice" in text
    assert "This is a progress notice, not a full report" in text
    assert "Below 70%" in text or "(70%): Class alg" in text
    assert "Class art" not in text


def test_a_teacher_adds_and_takes_off_and_both_stand_in_manifest_and_log(
    notices: Rooms, book: Gradebook, tmp_path: Path
) -> None:
    summaries, home = summarised(notices, book, tmp_path / "x"), notices.home
    kept(notices, summaries)
    teacher = Teacher(home)
    teacher.change("s-anna", "alg", "added", "may-fall")
    teacher.change("s-bela", "alg", "removed", None, words="The exam of Friday is not entered yet.")
    assert named(notices, summaries) == {"s-anna": ["alg"]}
    with pytest.raises(Refused, match="changed whom"):
        refuse_changed_warnings(home, WEEK_3)
    made = kept(notices, summaries)
    assert {(one.student, one.way, one.reason, one.by) for one in made.warned} == {
        (ref(home, "s-anna"), "added", "may-fall", "afry"), (ref(home, "s-bela"), "removed", "in-words", "afry"),
    }  # fmt: skip
    refuse_changed_warnings(home, WEEK_3)
    teacher.change("s-bela", "alg", "added", "work-missing")  # the last word counts
    assert named(notices, summaries) == {"s-anna": ["alg"], "s-bela": ["alg"]}
    entries = list(home.log.entries("warning_decided"))
    assert [(entry.cause, entry.reason) for entry in entries] == [
        ("added", "may-fall"), ("removed", "in-words"), ("added", "work-missing"),
    ]  # fmt: skip
    assert "exam of Friday" not in str(entries)
    assert len(WarningDecisions.fold("another", entries).made) == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("s-anna", "art", "added", "may-fall"), "not-their-class"),
        (("s-anna", "none", "added", "may-fall"), "unknown-course"),
        (("s-anna", "alg", "added", "mark-to-come"), "bad-reason"),
        (("s-anna", "alg", "removed", None), "no-reason"),
    ],
)
def test_what_a_teacher_may_not_say_is_refused(
    notices: Rooms, book: Gradebook, tmp_path: Path, change: Any, code: str
) -> None:
    kept(notices, summarised(notices, book, tmp_path / "x"))
    with pytest.raises(InputError) as caught:
        Teacher(notices.home).change(*change)
    assert caught.value.code == code
    assert list(notices.home.log.entries("warning_decided")) == []


def test_nobody_changes_a_notice_without_a_proof(notices: Rooms, book: Gradebook, tmp_path: Path) -> None:
    kept(notices, summarised(notices, book, tmp_path / "x"))
    with pytest.raises(Refused):
        Teacher(notices.home).change("s-anna", "alg", "added", "may-fall", code="000000")
    office = Teacher(notices.home, "reg", "registrar", None)
    with pytest.raises(InputError, match="only for a teacher"):
        office.change("s-anna", "alg", "added", "may-fall")
    assert list(notices.home.log.entries("warning_decided")) == []


def test_who_has_nothing_below_is_not_held_for_want_of_a_contact_but_for_a_mark_in_doubt(
    notices: Rooms, book: Gradebook, tmp_path: Path
) -> None:
    book.files["supplement/contacts.csv"] = [
        one for one in book.files["supplement/contacts.csv"] if one["studentSourcedId"] != "s-anna"
    ]
    assert kept(notices, summarised(notices, book, tmp_path / "x")).holds == ()
    row(book, "results.csv", sourcedId="r-mask-s-anna")["score"] = "eight"
    made = kept(notices, summarised(notices, book, tmp_path / "y"))
    assert {hold.student for hold in made.holds} == {ref(notices.home, "s-anna")}


@pytest.mark.parametrize(
    ("cycle", "says"),
    [
        (CYCLE.replace('below = "70"\n', ""), "has no line"),
        (CYCLE.replace('"warning"', '"midterm"'), "only a cycle of the kind warning"),
        (CYCLE.replace('"70"', '"Z"'), "neither a percentage nor a letter"),
        (CYCLE.replace('"70"', '"seventy"'), "neither a percentage nor a letter"),
    ],
)
def test_a_warning_needs_a_line_and_no_other_cycle_has_one(tmp_path: Path, cycle: str, says: str) -> None:
    home = noticing(tmp_path / "home", cycle).home
    with pytest.raises(InputError, match=says) as caught:
        refuse_unshown(home, home.calendar.cycle(WEEK_3))
    assert "calendar.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("below", "found"), [("C", ["alg"]), ("80", ["alg"]), ("80.5", ["alg", "art"]), ("B", ["alg"])]
)
def test_the_line_is_a_percentage_or_a_letter_and_the_line_itself_is_not_below(
    tmp_path: Path, book: Gradebook, below: str, found: list[str]
) -> None:
    rooms = noticing(tmp_path / "home", CYCLE.replace('"70"', f'"{below}"'))
    assert named(rooms, summarised(rooms, book, tmp_path / "x"))["s-bela"] == found


def test_no_report_is_compared_with_a_notice(notices: Rooms, book: Gradebook, tmp_path: Path) -> None:
    extract = notices.take_in(book.write(tmp_path / "x"))
    notices.summarise(extract, id=CycleId(WEEK_3), kind="warning", cutoff=date(2021, 11, 10))
    notices.summarise(extract)
    assert notices.rows("SELECT * FROM lake.out_course_trend") == []


def test_who_has_nothing_below_and_whose_hold_was_decided_is_named_too(
    notices: Rooms, book: Gradebook, tmp_path: Path
) -> None:
    row(book, "results.csv", sourcedId="r-mask-s-anna")["score"] = "eight"
    summaries = summarised(notices, book, tmp_path / "x")
    (hold,) = kept(notices, summaries).holds
    decided = {"cycle": WEEK_3, "student": hold.student, "class_id": hold.class_id, "extract": summaries.extract_id}
    notices.home.log.append("test", [Entry(kind="held", reason=hold.reason, **decided)])
    notices.home.log.append("test", [Entry(kind="hold_resolved", actor="reg", reason="accept", **decided)])
    made = kept(notices, summaries)
    assert made.holds == ()
    assert {one.student for one in made.unreported} == {ref(notices.home, "s-anna")}
