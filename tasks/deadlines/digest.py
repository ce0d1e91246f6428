"""What Administration is told of each office day: how much is due and late, and the command that shows it."""

from collections.abc import Sequence

from termpost.schemas.base.refs import StaffId
from termpost.schemas.documents.plain_notice import PlainMail, StaffNotice
from termpost.schemas.log.feedback.delegations import delegations, stands_in
from termpost.tasks.channels.email.plain.reach import DIGEST, staff_addresses
from termpost.tasks.deadlines.deadline import Deadline
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.staff import Member, Role

ADMINISTRATION: frozenset[Role] = frozenset({"head", "registrar", "office"})


def office_digests(home: Home, deadlines: Sequence[Deadline]) -> list[PlainMail]:
    """One a mailbox and day; none where nothing is due."""
    lines = tuple(_line(one) for one in deadlines if one.state != "waiting")
    if not lines:
        return []
    readers = [DIGEST] if home.settings.deadlines.to else _one_a_mailbox(home, present(home, ADMINISTRATION))
    count = sum(one.count for one in deadlines if one.state != "waiting")
    return [mail_of(home, who, "deadlines", count, lines) for who in readers]


def mail_of(home: Home, who: StaffId, kind: StaffNotice, count: int, lines: tuple[tuple[str, str], ...]) -> PlainMail:
    """The same person is told the same kind once a day, whatever it says by then."""
    return PlainMail(
        key=f"{home.today.isoformat()} {kind}", kind=kind, staff=who, lines=lines, count=count,
        language=home.settings.institution.languages[0],
    )  # fmt: skip


def present(home: Home, roles: frozenset[Role]) -> list[Member]:
    """Registered staff of some roles who have not left, and for whom nobody stands in on that day."""
    away = delegations(home.log.entries("query_changed"))
    return [
        one for one in home.staff.list()
        if one.role in roles and not one.removed and stands_in(away, one.id, home.today) == one.id
    ]  # fmt: skip


def _one_a_mailbox(home: Home, members: Sequence[Member]) -> list[StaffId]:
    """Registrars and the office often share one: the first of them is told."""
    ids = [StaffId(one.id) for one in members]
    addresses = staff_addresses(home, ids)
    seen: dict[str, StaffId] = {}
    for who in ids:
        if address := addresses[who]:
            seen.setdefault(address, who)
    return list(seen.values())


def _line(one: Deadline) -> tuple[str, str]:
    where = ", ".join(part for part in (f"cycle {one.cycle}" if one.cycle else "",
                                        f"school {one.school}" if one.school else "") if part)  # fmt: skip
    when = f"overdue since {one.due}" if one.state == "overdue" else f"due {one.due}"
    return f"{when}: {one.what}{f' ({where})' if where else ''}: {one.count:,}", one.command
