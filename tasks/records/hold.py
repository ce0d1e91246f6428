"""A legal hold on a student's records: set and lifted by a registered person, kept to by retention and erasure."""

from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.records.holds import HOLD_KINDS, HoldCause, RecordsHolds
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.staff import RELEASE_ROLES

CAUSES: Final[tuple[HoldCause, ...]] = get_args(HoldCause)
SET, LIFTED = "set", "lifted"


@dataclass(frozen=True)
class StandingHold:
    """One hold that counts."""

    student: PersonRef
    cause: str
    since: date  # the school's day
    by: str  # staff id


def hold_records(home: Home, student: PersonRef, cause: str, by: str, otp: str) -> bool:
    """Sets a hold; False where it is set for this cause already.

    Raises:
        Refused: as `Staff.prove` does; also where nothing is to be done, since a code is somebody's word.
    """
    is_new = cause not in _holds(home).of(student)
    who = home.staff.prove(by, otp, home.clock.now(), RELEASE_ROLES)
    if is_new:
        home.log.append("records-hold", [_entry(student, cause, SET, who)])
    return is_new


def lift_hold(home: Home, student: PersonRef, cause: str | None, by: str, otp: str) -> tuple[str, ...]:
    """Lifts the hold for a cause, or all; returns those that were lifted.

    Raises:
        InputError: `not-held`.
        Refused: as `Staff.prove` does.
    """
    causes = sorted(_holds(home).of(student) & ({cause} if cause else set(CAUSES)))
    if not causes:
        raise InputError("not-held", "nothing holds these records for that", "records unhold",
                         "see `termpost records holds`")  # fmt: skip
    who = home.staff.prove(by, otp, home.clock.now(), RELEASE_ROLES)
    home.log.append("records-unhold", [_entry(student, one, LIFTED, who) for one in causes])
    return tuple(causes)


def _entry(student: PersonRef, cause: str, reason: str, actor: str) -> Entry:
    return Entry(kind="records_held", actor=actor, student=student, cause=cause, reason=reason)


def _holds(home: Home) -> RecordsHolds:
    return RecordsHolds.fold(home.log.entries(*HOLD_KINDS))


def standing_holds(home: Home) -> list[StandingHold]:
    """Every hold that counts, the oldest first."""
    entries = list(home.log.entries(*HOLD_KINDS))
    holds, found = RecordsHolds.fold(entries), dict[tuple[str, str], StandingHold]()
    for entry in entries:
        key = (entry.student or "", entry.cause or "")
        if entry.reason == LIFTED:
            found.pop(key, None)
        elif key not in found and key[1] in holds.of(PersonRef(key[0])):
            day = entry.day.astimezone(home.calendar.zone).date()
            found[key] = StandingHold(PersonRef(key[0]), key[1], day, entry.actor)
    return list(found.values())
