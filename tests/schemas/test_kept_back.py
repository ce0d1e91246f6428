"""Whose records no policy lets go: held, or of a case that is open; with those who received something about them."""

from termpost.schemas.log.entry import Entry
from termpost.schemas.log.records.kept_back import KeptBack

FAMILY = Entry(kind="planned", student="p1", recipient="p9")


def test_a_hold_keeps_the_student_and_the_family_until_it_is_lifted() -> None:
    held = Entry(kind="records_held", student="p1", reason="set", cause="audit")
    found = KeptBack.fold([FAMILY, held])
    assert found.people == {"p1", "p9"}
    assert found.is_any_held
    lifted = KeptBack.fold([FAMILY, held, held.model_copy(update={"reason": "lifted"})])
    assert lifted.people == frozenset()
    assert not lifted.is_any_held


def test_an_open_request_or_incident_keeps_whom_it_is_about_until_it_is_closed() -> None:
    request = Entry(kind="access_request", student="p1", case="a1", reason="received")
    incident = [
        Entry(kind="incident", case="i1", reason="opened"),
        Entry(kind="incident", case="i1", reason="concerns", student="p2", recipient="p8"),
        Entry(kind="incident", case="i1", reason="noted"),
    ]
    found = KeptBack.fold([FAMILY, request, *incident])
    assert found.people == {"p1", "p9", "p2", "p8"}
    assert not found.is_any_held
    closed = [request.model_copy(update={"reason": "given"}), Entry(kind="incident", case="i1", reason="closed")]
    assert KeptBack.fold([FAMILY, request, *incident, *closed]).people == frozenset()
