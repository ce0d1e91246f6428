"""The end of the log as it is, accepted by a registered person: of a home or a store that came back from a copy.

A copy that was brought back looks like a log that was cut, and a person alone can say which it is. Nothing else of a
log that does not hold can be accepted.
"""

from dataclasses import dataclass

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.staff_history import StaffHistory
from termpost.tasks.home.home import Home
from termpost.tasks.log.anchor import read_end, renew
from termpost.tasks.log.log import Log
from termpost.tasks.log.segments import BreakReason, BrokenError
from termpost.tasks.log.verify import verify
from termpost.tasks.secrets.staff import RELEASE_ROLES

ACCEPTED = "log-end-accepted"  # reason of the entry: `digest` is the segment at which the log was taken as whole


@dataclass(frozen=True)
class AcceptedEnd:
    """What was accepted."""

    by: StaffId
    segments: int  # that the log had
    lost: int  # segments that the home remembered beyond that
    doubt: BreakReason | None  # what `log verify` said of the end


def accept_end(home: Home, by: str, otp: str) -> AcceptedEnd:
    """Says so in the log, and remembers its end from there on; killed between the two, it is to be said again.

    Raises:
        InputError: `log-broken`, where more than the end does not hold; `empty-log`.
        Refused: as `Staff.prove` does; `removed`, by the log.
    """
    who = home.staff.prove(by, otp, home.clock.now(), RELEASE_ROLES)
    verdict = verify(home.store, home.keys.log_signers, None)
    if not verdict.ok or verdict.head is None:
        what = f"it does not hold ({verdict.reason})" if verdict.reason else "it is empty"
        raise InputError("log-broken" if verdict.reason else "empty-log", f"the log cannot be accepted: {what}",
                         verdict.broken_at or "log/",
                         "only its end can be accepted: restore what was changed from a copy")  # fmt: skip
    doubt = verify(home.store, home.keys.log_signers, home.anchor).reason
    lost = max(0, _remembered(home) - verdict.segments)
    log = Log(home.store, home.keys.log_key, None, home.clock, home.keys.log_signers, home.refuse_another_day)
    if who in StaffHistory.fold(log.entries("staff_changed")).removed:  # an older list came back with the rest
        raise Refused("removed", "this person was removed", "--by", "ask someone who is registered")
    log.append("log-accept", [
        Entry(kind="settings_changed", actor=who, reason=ACCEPTED, digest=verdict.head, count=lost)
    ])  # fmt: skip
    head = log.head()
    if head is not None:
        renew(home.anchor, head)
    return AcceptedEnd(who, verdict.segments, lost, doubt)


def _remembered(home: Home) -> int:
    try:
        return read_end(home.anchor, home.keys.log_signers).least
    except BrokenError:
        return 0
