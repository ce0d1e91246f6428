"""Massachusetts: a parent whom the child does not live with asks each year and waits 21 days (603 CMR 23.07(5))."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactRights
from termpost.schemas.documents.parcel import Parcel, ParcelReport
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.records.parents_apart import ParentAsks
from termpost.tasks.channels.channel import ParcelContents
from termpost.tasks.channels.email.channel import attached_pdf
from termpost.tasks.deadlines.all_deadlines import every_deadline
from termpost.tasks.distribute.plan import make_plan
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.desk import Asked as PaperAsked
from termpost.tasks.papers.desk import make_paper
from termpost.tasks.records.requests.give import give_access
from termpost.tasks.records.requests.receive import requests_of, tell_other_parent
from termpost.tasks.rights.parents_apart import ParentsApart, is_apart
from termpost.tasks.secrets.access_codes import grouped, tidy

from tests.records_school import FATHERS_HOME
from tests.school import CYCLE, FATHER, LISA, MOTHER, Prepared
from tests.tasks.records.test_access import BY, RUN, asked, texts


@pytest.fixture
def massachusetts(kept: Prepared) -> Prepared:
    """Lisa does not live with her father."""
    calendar = kept.home / "calendar.toml"
    calendar.write_text(calendar.read_text().replace('subdivision = "TX"', 'subdivision = "MA"'))
    kept.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, livesWith="false")
    kept.prepare(kept.extract)
    return kept


def on(school: Prepared, day: date) -> Prepared:
    school.as_of = datetime.fromisoformat(f"{day}T18:00+00:00")
    return school


def rules(school: Prepared) -> dict[str, str]:
    """By contact, of Lisa's report."""
    home = school.open()
    with open_lake(home.lake) as lake:
        plan = make_plan(home, lake, CYCLE, frozenset({school.ref(LISA)}))
    return {one.recipient: one.rule for one in plan.decisions}


def marked(school: Prepared) -> set[str]:
    """Whose copy of Lisa's report is not for enrolment."""
    home = school.open()
    with open_lake(home.lake) as lake:
        plan = make_plan(home, lake, CYCLE, frozenset({school.ref(LISA)}))
    return {parcel.recipient for parcel in plan.parcels for report in parcel.reports if report.not_for_enrolment}


def attached(school: Prepared, recipient: str) -> list[bool]:
    """Whether each page of Lisa's report has the mark at its head, as it would be attached to a mail."""
    home = school.open()
    with open_lake(home.lake) as lake:
        plan = make_plan(home, lake, CYCLE, frozenset({school.ref(LISA)}))
    (parcel,) = (one for one in plan.parcels if one.recipient == recipient)
    codes = AccessCodes(home, ())
    locked = attached_pdf(home, parcel.reports[0], parcel, codes)
    pages = read_pages(locked, password=grouped(tidy(codes.of(recipient))))
    assert "Lisa" in pages[0].text
    return [page.text.count("Not to be used to enrol the student in another school.") == 1 for page in pages]


def test_a_father_apart_waits_21_days_from_the_letter_to_the_mother_and_gets_marked_records(
    massachusetts: Prepared,
) -> None:
    school, father = massachusetts, massachusetts.ref(FATHER)
    began = school.open().today
    assert rules(school) == {school.ref(MOTHER): "parent", father: "not-asked-this-year"}
    request = asked(school.open(), LISA, FATHER)
    assert rules(school)[father] == "other-parent-not-told"
    assert "other-parent" in {one.code for one in every_deadline(school.open())}
    with pytest.raises(Refused) as refused:
        give_access(school.open(), RUN, request, BY)
    assert refused.value.code == "other-parent-not-told"

    told = tell_other_parent(school.open(), RUN, request, began, BY)
    assert told.due == began + timedelta(days=22)
    assert "other-parent" not in {one.code for one in every_deadline(school.open())}
    on(school, began + timedelta(days=21))
    with pytest.raises(Refused) as refused:
        give_access(school.open(), RUN, told, BY)
    assert refused.value.code == "other-parent-waits"
    assert requests_of(school.open()).by_case[request.case].state == "open"  # no answer yet, and no refusal

    on(school, began + timedelta(days=22))
    assert rules(school)[father] == "parent"
    assert marked(school) == {father}
    assert set(attached(school, father)) == {True}
    assert set(attached(school, school.ref(MOTHER))) == {False}
    said = texts(give_access(school.open(), RUN, told, BY))
    assert "Not to be used to enrol the student in another school." in said
    assert FATHERS_HOME in said
    assert "Not to be used" not in texts(give_access(school.open(), RUN, asked(school.open(), LISA, MOTHER), BY))
    on(school, began + timedelta(days=365))
    assert rules(school)[father] == "not-asked-this-year"


def said_in(home: Home) -> list[str]:
    """Each letter about Lisa; its empty back is none."""
    pdf = make_paper(home, "other-parent", PaperAsked(student=LISA))
    return [" ".join(page.text.split()) for page in read_pages(pdf) if not page.blank]


def test_the_letter_goes_to_whom_the_child_lives_with_and_names_the_day_and_no_address(massachusetts: Prepared) -> None:
    """603 CMR 23.07(5)(b): in the parent's language and in that of the school; it bars nothing and notes nothing."""
    school, home = massachusetts, massachusetts.open()
    with pytest.raises(InputError) as refused:
        make_paper(home, "other-parent", PaperAsked(student=LISA))
    assert refused.value.code == "no-other-parent"
    asked(home, LISA, FATHER)
    before = len(school.entries())
    (one,) = said_in(home)
    assert "Arthur Woods asked us for the school records of Lisa Zebulonia Woods" in one
    assert "from January 8, 2022 on, unless you bring us a court paper by January 7, 2022" in one
    assert FATHERS_HOME not in one
    assert len(school.entries()) == before
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": MOTHER}, preferredLanguage="fr")
    school.prepare(school.extract)
    french, english = said_in(school.open())
    assert "à partir du 8 janvier 2022" in french
    assert english == one
    assert rules(school)[school.ref(FATHER)] == "other-parent-not-told"


def test_nobody_has_to_be_told_where_the_child_lives_with_whoever_asks(massachusetts: Prepared) -> None:
    home = massachusetts.open()
    with pytest.raises(InputError) as refused:
        tell_other_parent(home, RUN, asked(home, LISA, MOTHER), home.today, BY)
    assert refused.value.code == "no-other-parent"


ENTRIES = (
    ("2021-09-01", "received", "c1"), ("2021-09-03", "other-parent-told", "c1"), ("2021-09-20", "withdrawn", "c2"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "rule", "why"),
    [
        ("2021-08-31", "not-asked-this-year", "before they asked"),
        ("2021-09-02", "other-parent-waits", "told on the 3rd; whoever looks back at the 2nd gives nothing either"),
        ("2021-09-24", "other-parent-waits", "the 21st day: it has not gone yet"),
        ("2021-09-25", None, "21 days are over: 27 of September's days less the two before"),
        ("2022-08-31", None, "the 365th day of the request"),
        ("2022-09-01", "not-asked-this-year", "each year anew"),
    ],
)
def test_the_wait_is_of_whole_days_and_the_request_of_a_year(day: str, rule: str | None, why: str) -> None:
    entries = [
        Logged.model_validate({"seq": n, "run": "t", "at": f"{at}T15:00+00:00", "kind": "access_request",
                               "student": "s", "recipient": "f", "case": case, "reason": reason, "since": at})
        for n, (at, reason, case) in enumerate(ENTRIES, 1)
    ]  # fmt: skip
    apart = ParentsApart(21, ParentAsks.fold(entries))
    father = ContactRights("f", relation="Father", lives_with=False)
    assert apart.rule("s", father, date.fromisoformat(day)) == rule, why
    assert apart.rule("s", ContactRights("f", relation="Father"), date.fromisoformat(day)) is None
    assert ParentsApart().rule("s", father, date.fromisoformat(day)) is None


@pytest.mark.parametrize(
    ("relation", "lives_with", "apart"),
    [("Father", False, True), (" mother ", False, True), ("Father", None, False), ("Father", True, False),
     ("Guardian", False, False), (None, False, False)],
)  # fmt: skip
def test_only_a_parent_whom_the_record_has_elsewhere_is_apart(
    relation: str | None, lives_with: bool | None, apart: bool
) -> None:
    assert is_apart(ContactRights("c", relation=relation, lives_with=lives_with)) is apart


def test_the_mark_stands_beside_the_name_in_the_language_of_who_gets_it() -> None:
    report = ParcelReport(report="r", version=1, student="s", own_language="en", renditions=(), school="a",
                          rule="parent", not_for_enrolment=True)  # fmt: skip
    parcel = Parcel(recipient="f", language="es", channels=(), reports=(report,))
    lisa = cast("Any", SimpleNamespace(name="Lisa Ochoa"))
    nothing = cast("Any", None)
    contents = ParcelContents(nothing, "c", parcel, nothing, {PersonRef("s"): lisa}, {}, (), "", "")
    assert contents.name_on(report) == "Lisa Ochoa · No puede utilizarse para inscribir al estudiante en otra escuela."
    assert contents.name_on(replace(report, not_for_enrolment=False)) == "Lisa Ochoa"
