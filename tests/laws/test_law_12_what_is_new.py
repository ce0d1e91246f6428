"""Law 12 where it is decided: of a cycle that is out only what somebody asked to correct is new."""

from datetime import date

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.prepared import Bytes, Hold, PreparedReport, PreparedSchool
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.distribute.approve import ChosenStudents, releasable
from termpost.tasks.stage.corrections import corrected_students


def report(student: str, version: int = 1) -> PreparedReport:
    return PreparedReport(report=f"r-{student}", version=version, student=student, own_language="en",
                          renditions=(Bytes(object="k", digest="d"),))  # fmt: skip


def school(*reports: PreparedReport, held: str = "") -> PreparedSchool:
    holds = (Hold(student=held, class_id=None, reason="no-contact-known"),) if held else ()
    return PreparedSchool(cycle="c", school="s", extract_id="x", policy="t", cutoff=date(2021, 12, 10),
                          reports=reports, holds=holds)  # fmt: skip


def released(*students: str) -> CycleState:
    return CycleState.fold("c", [
        Entry(kind=kind, cycle="c", report=f"r-{student}", version=1, student=student)
        for student in students for kind in ("report_made", "released")
    ])  # fmt: skip


def test_what_is_held_kept_back_or_out_already_is_not_released() -> None:
    prepared = [school(report("out"), report("held"), report("kept"), report("new"), held="held")]
    left = releasable(prepared, released("out"), ChosenStudents(hold=frozenset({"kept"})))
    assert [one.student for one in left] == ["new"]
    assert releasable(prepared, released("out"), ChosenStudents(only=frozenset({"out", "held"}))) == []


def test_of_a_report_that_is_out_only_a_correction_is_new() -> None:
    left = releasable([school(report("out", 2), report("other"))], released("out", "other"), ChosenStudents())
    assert [(one.student, one.version) for one in left] == [("out", 2)]


def test_only_what_is_released_is_corrected() -> None:
    state = released("out", "other")
    assert corrected_students(state, [school(report("out"), report("other"))], ["out"]) == {"out"}
    with pytest.raises(InputError) as caught:
        corrected_students(state, [], ["out", "new"])
    assert caught.value.code == "not-released"
    assert caught.value.what.startswith("new has no released report")  # of several it says which
    # a correction that waits goes on waiting when others are prepared
    assert corrected_students(state, [school(report("out", 2))], []) == {"out"}
