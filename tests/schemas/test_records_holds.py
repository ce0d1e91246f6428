"""A hold ends with the cause that set it, and with no other."""

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.records.holds import RecordsHolds

SET, LIFTED = "set", "lifted"


def said(*acts: tuple[str, str, str]) -> RecordsHolds:
    return RecordsHolds.fold(
        Entry(kind="records_held", student=student, reason=reason, cause=cause) for student, reason, cause in acts
    )


def test_a_hold_for_two_causes_ends_with_the_second() -> None:
    twice = [("p1", SET, "audit"), ("p1", SET, "litigation"), ("p1", LIFTED, "audit")]
    assert said(*twice).of(PersonRef("p1")) == {"litigation"}
    assert said(*twice, ("p1", LIFTED, "litigation")).causes == {}


def test_nobody_else_is_held_and_lifting_what_was_not_set_changes_nothing() -> None:
    holds = said(("p1", SET, "audit"), ("p2", LIFTED, "audit"), ("p1", LIFTED, "request"))
    assert holds.causes == {"p1": {"audit"}}
    assert holds.of(PersonRef("p2")) == frozenset()


def test_set_again_after_it_was_lifted_holds_again() -> None:
    assert said(("p1", SET, "audit"), ("p1", LIFTED, "audit"), ("p1", SET, "audit")).of(PersonRef("p1")) == {"audit"}
