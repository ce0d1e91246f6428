"""An incident: what it reached is read from the log, its clock runs, and families are told without a name."""

from datetime import timedelta

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.records.incidents import INCIDENT_KINDS, incidents_of
from termpost.tasks.distribute.withdraw import withdraw_from
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.records.incidents.acts import (
    add_step,
    find_incident,
    is_late,
    open_incident,
    refuse_step,
    words_of_incident,
)
from termpost.tasks.records.incidents.letters import tell_families
from termpost.tasks.records.incidents.reach import ChosenReports, reached

from tests.records_school import BARRED
from tests.school import CYCLE, FATHER, LISA, MOTHER, OTHER, Prepared

RUN, BY = "incident", StaffId("mlopez")


def test_who_got_it_who_opened_it_and_what_was_taken_back_is_read_from_the_log(kept: Prepared) -> None:
    home = kept.open()
    (delivery, *_) = [e.delivery for e in kept.entries("planned") if e.recipient == kept.ref(FATHER)]
    found = open_incident(home, RUN, BY, "wrong-recipient", ChosenReports(delivery=delivery), "He called us.")
    assert [(one.student, one.recipient) for one in found.concerns] == [(kept.ref(LISA), kept.ref(FATHER))]
    (there,) = reached(home.log.entries(), found)
    assert there.got
    assert there.opened is None
    assert there.taken_back is None
    withdraw_from(home, RUN, BY, kept.ref(FATHER), "wrong-recipient")
    (there,) = reached(home.log.entries(), found)
    assert there.taken_back
    assert [text for _, _, text in words_of_incident(home, RUN, found, BY)] == ["He called us."]
    assert "He called" not in str(kept.entries("incident"))


def test_a_whole_cycle_reaches_everybody_and_what_went_to_nobody_is_no_incident_of_reports(kept: Prepared) -> None:
    home = kept.open()
    found = open_incident(home, RUN, BY, "published", ChosenReports(cycle=CYCLE))
    assert {kept.ref(who) for who in (MOTHER, FATHER, OTHER)} <= {one.recipient for one in found.concerns}
    before = len(kept.entries())
    with pytest.raises(InputError, match="went to anybody"):
        open_incident(home, RUN, BY, "published", ChosenReports(cycle="2021-fall-midterm"))
    assert len(kept.entries()) == before


def test_the_clock_is_late_after_72_hours_unless_somebody_reported_it(kept: Prepared) -> None:
    found = open_incident(kept.open(), RUN, BY, "lost-or-stolen", ChosenReports())
    assert found.concerns == []
    kept.later(timedelta(hours=72))
    assert not is_late(kept.open(), find_incident(kept.open(), found.case))
    kept.later(timedelta(minutes=1))
    assert is_late(kept.open(), find_incident(kept.open(), found.case))
    with pytest.raises(InputError, match="reported it"):
        refuse_step(found, "closed", "contained")
    add_step(kept.open(), RUN, BY, found, "reported")
    assert not is_late(kept.open(), find_incident(kept.open(), found.case))
    add_step(kept.open(), RUN, BY, find_incident(kept.open(), found.case), "closed", None, "contained")
    with pytest.raises(InputError, match="is closed"):
        refuse_step(find_incident(kept.open(), found.case), "noted")


def test_each_with_the_right_is_told_once_in_a_letter_that_names_no_child(kept: Prepared) -> None:
    home = kept.open()
    found = open_incident(home, RUN, BY, "wrong-content", ChosenReports(cycle=CYCLE))
    pdf, letters, _ = tell_families(home, RUN, BY, found)
    pages = [page.text for page in read_pages(pdf) if not page.blank]
    said = " ".join(pages)
    assert len(pages) == letters
    assert "something that should not be in it" in said
    assert not any(name in said for name in ("Lisa", "Kyle"))
    assert "a school report about you" in said  # to the one of full age, under her own name
    assert "Strange" not in said  # an order bars the one, the agreement of the other is over
    told = incidents_of(kept.entries(*INCIDENT_KINDS))[found.case].told
    assert {kept.ref(who) for who in (MOTHER, FATHER, OTHER)} <= set(told)
    assert kept.ref(BARRED) not in told
    with pytest.raises(InputError, match="were told"):
        tell_families(home, RUN, BY, find_incident(home, found.case))
