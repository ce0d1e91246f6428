"""A rehearsal: everything that a release does, but each message goes to one address and nothing becomes visible."""

from dataclasses import dataclass
from datetime import datetime

from duckdb import DuckDBPyConnection
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.documents.parcel import Plan
from termpost.schemas.log.approval import release_of
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.channel import MessageChannel
from termpost.tasks.channels.registry import link_of, message_channels
from termpost.tasks.distribute.approve import ChosenStudents, check_bytes, only_reports
from termpost.tasks.distribute.comments_read import refuse_unsaid
from termpost.tasks.distribute.deliver import clear, sweep
from termpost.tasks.distribute.notify import by_notice
from termpost.tasks.distribute.packing import pack_all
from termpost.tasks.distribute.plan import make_plan, ready
from termpost.tasks.distribute.recheck import recheck
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.rights_decisions import RightsDecisions, open_rights_decisions
from termpost.tasks.secrets.staff import RELEASE_ROLES
from termpost.tasks.stage.manifests import read_prepared


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal tried."""

    parcels: int  # sealed, printed and opened again
    unprintable: int  # of them, that a release would hand to the office
    sent: int  # messages, all to the one address
    failed: int


def rehearse(
    home: Home, run: str, cycle: str, chosen: ChosenStudents, address: str, *, by: str, otp: str, at: datetime
) -> Rehearsed:
    """Only for a run that has the cycle's turn.

    Args:
        address: within the institution's domain: a notice is for a family's eyes or the school's.
        at: the machine's time, which the one-time code is about.

    Raises:
        InputError: `no-mail`, `address-not-ours`, or what a release would raise.
        Refused: as a release would be.
    """
    channels = [channel for channel in message_channels() if channel.takes_rehearsal(home, address)]
    state = CycleState.fold(cycle, home.log.entries())
    with open_lake(home.lake) as lake:
        reports, _ = ready(home, lake, state, chosen)
        refuse_unsaid(home, lake, cycle, reports)
        check_bytes(home.store, home.people, state, reports)
        who = home.staff.prove(by, otp, at, RELEASE_ROLES)
        if not reports:
            raise Refused("nothing-left", "nothing waits for release", f"cycle {cycle}", "see `termpost status`")
        wanted = only_reports(read_prepared(home, cycle), {(report.report, report.version) for report in reports})
        plan = make_plan(home, lake, cycle, None, wanted)
        codes = AccessCodes(home, home.standing())
        unprintable = _try_parcels(home, lake, plan, codes, open_rights_decisions(home))
    states = [state for channel in channels for state in _send(home, channel, plan, address, codes)]
    sent = states.count("sent")
    prepared = read_prepared(home, cycle)
    digest = release_of(cycle, prepared, reports, home.today, home.calendar, home.settings.channels).digest
    home.log.append(run, [Entry(kind="rehearsed", actor=who, cycle=cycle, digest=digest, count=sent)])
    return Rehearsed(len(plan.parcels), unprintable, sent, len(states) - sent)


def _try_parcels(
    home: Home, lake: DuckDBPyConnection, plan: Plan, codes: AccessCodes, decisions: RightsDecisions
) -> int:
    """Seals, prints and opens every parcel again, and leaves nothing; returns how many letters cannot be printed."""
    unprintable = 0
    try:
        for one in pack_all(home, lake, plan, plan.parcels, codes, decisions):
            recheck(home, lake, ExtractId(plan.extract_id), plan.day, [one], codes, decisions)
            unprintable += one.failed is not None
            clear(home, one)
    finally:
        sweep(home, plan.cycle)
    return unprintable


def _send(home: Home, channel: MessageChannel, plan: Plan, address: str, codes: AccessCodes) -> list[str]:
    """What became of each message."""
    messages = [
        channel.prepare(home, plan.cycle, mine, address, codes, [link_of(home, one) for one in mine], rehearsal=True)
        for mine in by_notice([parcel for parcel in plan.parcels if channel.name in parcel.channels])
    ]  # fmt: skip
    with channel.sending(home) as messenger:
        groups = [messages[first : first + channel.group] for first in range(0, len(messages), channel.group)]
        return [outcome.state for group in groups for outcome in messenger.send(group)]
