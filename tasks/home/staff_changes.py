"""Who may register and remove people: after the first two, a person who proves who they are; the log names them."""

from collections.abc import Sequence

from termpost.schemas.base.errors import Refused
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.staff_history import ADDED, CONFIRMED, FIRST, REMOVED, StaffHistory
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.staff import RELEASE_ROLES, ROLES, Role

OPERATOR = "operator"  # actor of what needs no proof: whoever has the home's secrets


def add_staff(
    home: Home, staff_id: str, name: str, role: str, schools: Sequence[str], teacher_id: str | None = None,
    *, by: str | None, otp: str | None,
) -> str:  # fmt: skip
    """Registers somebody; returns the otpauth URI. The log has it first.

    Raises:
        InputError: as `Staff.add` does.
        Refused: `needs-a-person`, or as `Staff.prove` does.
    """
    home.staff.refuse_addition(staff_id, name, role, teacher_id)
    actor = _prove(home, by, otp)
    entry = Entry(kind="staff_changed", actor=actor, subject=staff_id, reason=ADDED, role=role)
    home.log.append("staff-add", [entry])
    return home.staff.add(staff_id, name, role, home.settings.institution.called, schools, teacher_id)


def remove_staff(home: Home, staff_id: str, *, by: str | None, otp: str | None) -> None:
    """Ends somebody's rights, and what they approved and nobody released yet.

    Raises:
        InputError: `unknown-staff`.
        Refused: `needs-a-person`, or as `Staff.prove` does.
    """
    home.staff.refuse_absent(staff_id, "staff remove")
    actor = _prove(home, by, otp)
    home.log.append("staff-remove", [Entry(kind="staff_changed", actor=actor, subject=staff_id, reason=REMOVED)])
    home.staff.remove(staff_id)


def confirm_staff(home: Home, staff_id: str, *, by: str, otp: str) -> bool:
    """One who may approve says that somebody new may too; whether they may now be one of two.

    Raises:
        InputError: `unknown-staff`.
        Refused: `same-person`, `staff-waits`, or as `Staff.prove` does.
    """
    home.staff.refuse_absent(staff_id, "staff confirm")
    if by == staff_id:
        raise Refused("same-person", "nobody says so of themselves", "--by", "ask two who may approve already")
    who = home.staff.prove(by, otp, home.clock.now(), RELEASE_ROLES)
    if waits(home, who):
        raise _waiting("--by")
    home.log.append("staff-confirm", [Entry(kind="staff_changed", actor=who, subject=staff_id, reason=CONFIRMED)])
    return not waits(home, staff_id)


def waits(home: Home, staff_id: str) -> bool:
    """Whether somebody was added too lately to be one of two who approve."""
    return _history(home).waits(staff_id, home.clock.today(), home.settings.release.staff_wait_days)


def refuse_who_may_not(home: Home, staff_id: str) -> None:
    """By the log, whatever the list of staff says: where two must approve, somebody whom one of them added today would
    be no second person.

    Raises:
        Refused: `removed`, `staff-waits`.
    """
    if staff_id in _history(home).removed:
        raise Refused("removed", "this person was removed", "--by", "ask someone who is registered")
    if home.settings.release.approvals > 1 and waits(home, staff_id):
        raise _waiting("--by")


def approvers(home: Home) -> frozenset[str]:
    """Whose approval counts: registered with a role that may, and never removed."""
    there = frozenset(m.id for m in home.staff.list() if not m.removed and m.role in RELEASE_ROLES)
    return there - _history(home).removed


def _history(home: Home) -> StaffHistory:
    return StaffHistory.fold(home.log.entries("staff_changed"))


def _waiting(where: str) -> Refused:
    return Refused("staff-waits", "this person was added too lately to be one of two who approve", where,
                   "wait the days of [release] staff_wait_days, or let two who may say so: "
                   "`termpost staff confirm`")  # fmt: skip


def _prove(home: Home, by: str | None, otp: str | None) -> str:
    """Who changes the list: whoever has the home's secrets, until two people were registered; then one of those."""
    members = home.staff.list()
    active = frozenset(member.role for member in members if not member.removed)
    if by is None or otp is None:
        if len(members) < FIRST or not active:
            return OPERATOR
        raise Refused("needs-a-person", "people are registered, and one of them must say so", "staff",
                      "give --by and --otp of a registrar or head")  # fmt: skip
    # where nobody who may release is left, whoever is registered: else nobody could ever be added
    may: frozenset[Role] = RELEASE_ROLES if active & RELEASE_ROLES else frozenset(ROLES)
    return home.staff.prove(by, otp, home.clock.now(), may)
