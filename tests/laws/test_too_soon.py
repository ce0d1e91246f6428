"""Nothing goes out before the cut-off is over; before the calendar's release date only where a person says so."""

from datetime import UTC, datetime

import pytest
from termpost.flows.commands.families.status import _status
from termpost.schemas.base.errors import Refused
from termpost.schemas.log.entry import EntryKind
from termpost.tasks.distribute.rights_ended import open_rights

from tests.school import CYCLE, LISA, Prepared

CUT_OFF_DAY = datetime(2021, 12, 11, 5, 59, tzinfo=UTC)  # one minute before midnight in Chicago
DAY_AFTER = datetime(2021, 12, 11, 6, tzinfo=UTC)
EVE = datetime(2021, 12, 17, 5, 59, tzinfo=UTC)  # of the release date, likewise
RELEASE_DATE = datetime(2021, 12, 17, 6, tzinfo=UTC)


def prepared_on(school: Prepared, day: datetime) -> Prepared:
    school.as_of = day
    school.prepare(school.extract)
    return school


def refused(school: Prepared, day: datetime, *, early: bool = False, **more: object) -> str:
    """The code of the refusal; nobody got anything, and the log knows of the attempt."""
    school.as_of = day
    before = len(school.entries("approved", "released", "planned"))
    with pytest.raises(Refused) as caught:
        school.release(early=early, **more)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert len(school.entries("approved", "released", "planned")) == before
    assert school.entries("refused")[-1].reason == caught.value.code
    return caught.value.code


def reasons(school: Prepared, kind: EntryKind) -> set[str | None]:
    return {entry.reason for entry in school.entries(kind)}


def test_what_is_prepared_before_the_cut_off_is_over_is_a_draft_until_it_is_prepared_again(school: Prepared) -> None:
    prepared_on(school, CUT_OFF_DAY)
    assert _status(school.open(), school.state(), open_rights(school.open(), ()))["draft"] is True
    for day, early in ((CUT_OFF_DAY, False), (CUT_OFF_DAY, True), (RELEASE_DATE, False), (RELEASE_DATE, True)):
        assert refused(school, day, early=early) == "draft"
    made = len(school.entries("report_made"))
    prepared_on(school, DAY_AFTER)  # from the same extract
    assert len(school.entries("report_made")) == made
    assert _status(school.open(), school.state(), open_rights(school.open(), ()))["draft"] is False
    school.as_of = RELEASE_DATE
    school.release()
    assert len(school.entries("released")) == 3
    assert reasons(school, "released") == reasons(school, "approved") == {None}


def test_a_cut_off_that_was_moved_makes_drafts_of_what_waits(school: Prepared) -> None:
    calendar = school.home / "calendar.toml"
    calendar.write_text(calendar.read_text().replace('cutoff = "2021-12-10"', 'cutoff = "2021-12-17"'))
    assert refused(school, RELEASE_DATE) == "draft"


def test_before_the_release_date_a_person_must_say_so_and_the_log_does(school: Prepared) -> None:
    assert refused(school, EVE) == "before-release-date"
    school.as_of = EVE
    school.release(early=True)
    assert len(school.entries("released")) == 3
    assert reasons(school, "released") == reasons(school, "approved") == {"early"}
    assert {entry.actor for entry in school.entries("released")} == {"mlopez"}
    assert {entry.cycle for entry in school.entries("delivered")} == {CYCLE}
    assert school.release() == []  # nor is anybody asked twice


def test_early_on_the_release_date_says_nothing(school: Prepared) -> None:
    school.as_of = RELEASE_DATE
    school.release(early=True)
    assert reasons(school, "released") == {None}


def test_early_takes_the_same_proof(school: Prepared) -> None:
    wrong = f"{(int(school.phone.code()) + 1) % 10**6:06}"
    assert refused(school, EVE, early=True, code=wrong) == "wrong-code"


def test_both_who_must_approve_say_early(school: Prepared) -> None:
    settings = school.home / "termpost.toml"
    settings.write_text(settings.read_text() + "\n[release]\napprovals = 2\n")
    school.as_of = EVE
    assert school.release(early=True) == []
    assert (reasons(school, "approved"), school.entries("released")) == ({"early"}, [])
    school.phone = school.register("jkim", "head")
    assert refused(school, EVE, staff="jkim") == "before-release-date"
    assert school.release(staff="jkim", early=True) != []
    assert reasons(school, "released") == {"early"}


@pytest.mark.soak
def test_one_goes_early_and_the_others_on_the_day(school: Prepared) -> None:
    school.as_of = EVE
    school.release(only=[LISA], early=True)
    assert refused(school, EVE) == "before-release-date"
    school.as_of = RELEASE_DATE
    school.release()
    early = {entry.student: entry.reason for entry in school.entries("released")}
    assert [student for student, reason in early.items() if reason] == [school.ref(LISA)]
    assert len(early) == 3


@pytest.mark.soak
def test_a_correction_before_the_release_date_is_early_too(school: Prepared) -> None:
    school.as_of = EVE
    school.release(early=True)
    school.extract.change("results.csv", {"studentSourcedId": LISA}, score="1")
    school.prepare(school.extract, correct=[LISA])
    assert refused(school, EVE) == "before-release-date"
    school.release(early=True)
    assert [entry.reason for entry in school.entries("released") if entry.version == 2] == ["early"]
