"""A right that ends takes its page with it: what lies open for that person alone is taken back.

Many at once is more often a wrong file than many orders of a court: above a number nothing happens without a person.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import EndedRights
from termpost.schemas.log.cycle_state import NEW_PERSON, RIGHTS_ENDED
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import PublishedDelivery, Visible
from termpost.tasks.channels.registry import is_page
from termpost.tasks.channels.withdrawal import entry_of
from termpost.tasks.distribute.withdraw import finish, lying_open
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.newer_record import RightToday
from termpost.tasks.rights.rights_today import rights_of_holders

LEAST = 5  # recipients
PER_CENT = 100
TOO_MANY = "max-withdrawals"  # why nothing was taken back


@dataclass(frozen=True)
class OpenRights:
    """The rights of those for whom something lies open."""

    open: Sequence[PublishedDelivery]
    ended: Sequence[PublishedDelivery]
    today: dict[tuple[str, str], RightToday]  # student and recipient
    limit: int

    @property
    def recipients(self) -> frozenset[str]:
        """Whose right to something that lies open has ended."""
        return frozenset(one.recipient for one in self.ended)

    @property
    def needs_a_person(self) -> bool:
        return len(self.recipients) > self.limit

    @property
    def asked(self) -> int:
        """Students and recipients about whom the office must find something out."""
        return sum(one.asks is not None for one in self.today.values())


def open_rights(home: Home, deliveries: Iterable[PublishedDelivery]) -> OpenRights:
    """Of what lies open, by the newest record and the office on the home's day. Changes nothing."""
    known = lying_open(deliveries)
    if not known:
        return OpenRights((), (), {}, LEAST)
    with open_lake(home.lake) as lake:
        today = _today(home, lake, known)
    ended = [
        one for one in known
        if (right := today.get((one.student, one.recipient))) and right.takes(is_page=is_page(one.channel))
    ]  # fmt: skip
    return OpenRights(known, ended, today, _limit(home, known))


def withdraw_ended(
    home: Home, run: str, actor: str = "pipeline", *, held: Collection[str] = (), approved: bool = False
) -> EndedRights:
    """Takes back what lies open for those whose right ended, once what was left undone before is done.

    The log says it first. Killed anywhere, the next call finishes it. A cycle that another run is at work on is left to
    the next call.

    Args:
        actor: the pipeline, or a registered person who has proved who they are.
        held: cycles that this run has the turn of already.
        approved: whether that person said that all of it goes, however many they are.
    """
    with _turns(home, held) as busy:
        entries = list(home.log.entries())
        finish(home, run, busy=busy, known=entries)
        seen = Visible.fold(entries)
        of_before = [one for one in lying_open(seen.open()) if one.delivery in seen.of_before]
        home.log.append(run, [entry_of(one, actor, NEW_PERSON) for one in of_before if one.cycle not in busy])
        rights = open_rights(home, (one for one in seen.open() if one.delivery not in seen.of_before))
        waits = rights.needs_a_person and not approved
        mine = [] if waits else [one for one in rights.ended if one.cycle not in busy]
        home.log.append(run, [entry_of(one, actor, RIGHTS_ENDED) for one in mine])
        if waits:
            home.log.append(run, [Entry(kind="refused", reason=TOO_MANY, count=len(rights.recipients))])
        if mine or of_before:
            finish(home, run, actor, busy)
    return EndedRights(len({one.recipient for one in mine}), len(rights.recipients) if waits else 0, rights.asked)


def _today(
    home: Home, lake: duckdb.DuckDBPyConnection, deliveries: Sequence[PublishedDelivery]
) -> dict[tuple[str, str], RightToday]:
    asked: dict[tuple[str, str], str | None] = {}
    for one in deliveries:
        asked.setdefault((one.student, one.recipient), one.extract)
    return rights_of_holders(home, lake, asked)


def _limit(home: Home, deliveries: Iterable[PublishedDelivery]) -> int:
    said = home.settings.release.max_withdrawals
    return max(LEAST, len({one.recipient for one in deliveries}) // PER_CENT) if said is None else said


@contextmanager
def _turns(home: Home, held: Collection[str]) -> Iterator[frozenset[str]]:
    """Takes the turn of every cycle that is free, and gives those that are not."""
    busy = set[str]()
    with ExitStack() as turns:
        for cycle in home.calendar.cycles:
            if cycle.id in held:
                continue
            try:
                turns.enter_context(cycle_lock(home, cycle.id))
            except InputError as error:
                if error.code != "cycle-busy":
                    raise
                busy.add(cycle.id)
        yield frozenset(busy)
