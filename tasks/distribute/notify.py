"""Messages to recipients whose page is there, each handed over at most once, by whatever channel sends messages."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity
from termpost.schemas.documents.parcel import Parcel
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.channel import Message, MessageChannel, Messenger, Outcome
from termpost.tasks.channels.names import delivery_ids
from termpost.tasks.channels.registry import link_of, message_channels
from termpost.tasks.distribute.deliver import delivery_entry
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.stage.may_leave import refuse_stopped

FEW = 10  # messages of which a crash may leave it open whether they were sent, where there are not many
TOGETHER = 20  # outcomes that one segment of the log records
UNRECORDED = "no-record"

People = Mapping[PersonRef, ContactIdentity]


def settle_intents(home: Home, run: str, cycle: str) -> int:
    """A message that was to be sent, and of which nothing more is known, is uncertain: it is never sent by itself.

    Only for a run that has the cycle's turn: otherwise the message may be on its way right now.
    """
    messaging = {channel.name for channel in message_channels()}
    open_ones = [
        entry.model_copy(update={"kind": "uncertain", "actor": "pipeline", "reason": UNRECORDED})
        for entry in home.state(cycle).planned.values() if entry.channel in messaging
    ]  # fmt: skip
    home.log.append(run, open_ones)
    return len(open_ones)


def with_messages(parcels: Sequence[Parcel]) -> list[Parcel]:
    """Those about which a message goes to their recipient."""
    messaging = {channel.name for channel in message_channels()}
    return [parcel for parcel in parcels if not messaging.isdisjoint(parcel.channels)]


def notify(
    home: Home, run: str, cycle: str, parcels: Sequence[Parcel], people: People
) -> dict[ChannelName, Counter[str]]:
    """Sends what may be sent of these parcels; returns how many deliveries ended in each state, channel by channel.

    Groups of messages: an intent for each into the log, then the messages, then what became of each. A crash leaves
    one group uncertain at most, so few messages go in small groups and many in few segments of the log.

    Raises:
        InputError: the way out is not what it should be; what was not sent is sent by the next release.
        Refused: somebody stopped the cycle.
    """
    return {
        channel.name: _notify_by(home, run, cycle, channel, mine, people)
        for channel in message_channels() if (mine := [one for one in parcels if channel.name in one.channels])
    }  # fmt: skip


def _notify_by(
    home: Home, run: str, cycle: str, channel: MessageChannel, mine: Sequence[Parcel], people: People
) -> Counter[str]:
    size, notices = min(channel.group, max(FEW, len(mine) // 20)), by_notice(mine)
    counts: Counter[str] = Counter()
    codes = AccessCodes(home, home.standing())
    with channel.sending(home) as messenger:
        for first in range(0, len(notices), size):
            state = home.state(cycle)
            refuse_stopped(state)
            # a task that Prefect tries again comes by here with messages that were sent the first time
            left = [[parcel for parcel in notice if _is_left(home, state, channel, parcel)]
                    for notice in notices[first : first + size]]  # fmt: skip
            counts += _send(home, run, state, channel, left, people, codes, messenger)
    return counts


def _is_left(home: Home, state: CycleState, channel: MessageChannel, parcel: Parcel) -> bool:
    return all(channel.is_left(state, delivery) for delivery in delivery_ids(home, parcel, channel.name))


def by_notice(parcels: Sequence[Parcel]) -> list[list[Parcel]]:
    """The parcels of each message, the one whose notice it is first."""
    notices: defaultdict[str, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        notices[parcel.notice_with or parcel.recipient].append(parcel)
    return [sorted(mine, key=lambda parcel: parcel.notice_with) for mine in notices.values()]


def _by_address(channel: MessageChannel, notice: Sequence[Parcel], people: People) -> Iterator[list[Parcel]]:
    """Only who is written to at the very same address today stands in one message."""
    groups: defaultdict[str | None, list[Parcel]] = defaultdict(list)
    for parcel in notice:
        address = channel.address(people[PersonRef(parcel.recipient)])
        groups[address and address.casefold()].append(parcel)
    yield from groups.values()


def _send(
    home: Home, run: str, state: CycleState, channel: MessageChannel, group: Sequence[Sequence[Parcel]], people: People,
    codes: AccessCodes, messenger: Messenger,
) -> Counter[str]:  # fmt: skip
    messages: dict[str, tuple[Message, Sequence[Parcel]]] = {}
    intents, failed = list[Entry](), list[Entry]()
    for mine in (each for notice in group for each in _by_address(channel, notice, people)):
        address = channel.address(people[PersonRef(mine[0].recipient)])
        said = list(_intents(home, state, channel, mine))
        intents += said
        if address is None:
            failed += [entry.model_copy(update={"kind": "failed", "reason": channel.unwritable}) for entry in said]
        else:
            links = [link_of(home, parcel) for parcel in mine]
            message = channel.prepare(home, state.cycle, mine, address, codes, links, rehearsal=False)
            messages[message.message_id] = (message, mine)
    home.log.append(run, intents + failed)
    counts = Counter({"failed": len(failed)})
    waiting: list[Entry] = []
    try:
        for outcome in messenger.send([message for message, _ in messages.values()]):
            about = messages[outcome.message_id][1]
            entries = [entry.model_copy(update=_said(outcome)) for entry in _intents(home, state, channel, about)]
            counts[entries[0].kind] += len(entries)
            waiting += entries
            if len(waiting) >= TOGETHER:
                home.log.append(run, waiting)
                waiting = []
    finally:
        home.log.append(run, waiting)
    return counts


def _said(outcome: Outcome) -> dict[str, str | None]:
    """`later` is a failure of this attempt: its reason says that the next release tries again."""
    kind = "failed" if outcome.state == "later" else outcome.state
    return {"kind": kind, "reason": outcome.reason or None}


def _intents(home: Home, state: CycleState, channel: MessageChannel, mine: Sequence[Parcel]) -> Iterator[Entry]:
    """One for each report that the message is about; what stands in somebody else's notice says in whose."""
    for parcel in mine:
        via = None if parcel is mine[0] else mine[0].recipient
        for report in parcel.reports:
            entry = delivery_entry(home, state, parcel, channel.name, "planned", report, reason=report.rule)
            yield entry.model_copy(update={"via": via})
