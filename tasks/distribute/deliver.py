"""Making visible what was sealed, rechecked and written into the log. Doing it again changes nothing."""

from collections.abc import Iterator

from termpost.schemas.documents.parcel import Parcel, ParcelReport
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry, EntryKind
from termpost.tasks.channels.names import delivery_id
from termpost.tasks.channels.registry import file_channel
from termpost.tasks.distribute.outgoing import Outgoing, outgoing_bytes, people_in
from termpost.tasks.home.home import Home


def entries_before(home: Home, state: CycleState, outgoing: Outgoing, extract_id: str) -> Iterator[Entry]:
    """What the log must know before anyone can see the parcel (law 6).

    Args:
        state: of the cycle, as the log had it before this parcel.
        extract_id: by which the parcel was planned.
    """
    parcel = outgoing.parcel
    if outgoing.failed:
        for report in parcel.reports:
            yield delivery_entry(home, state, parcel, outgoing.failed.channel, "failed", report,
                                 reason=outgoing.failed.reason)  # fmt: skip
    for file in outgoing.files:
        place = file_channel(file.channel).place(home, state.cycle, parcel)
        planned = [
            delivery_entry(home, state, parcel, file.channel, "planned", report, place, report.rule, extract_id)
            for report in parcel.reports
        ]
        yield from planned
        yield Entry(kind="sealed", cycle=state.cycle, recipient=parcel.recipient, channel=file.channel, object=place,
                    digest=file.digest, count=max((e.count for e in planned if e.count), default=None))  # fmt: skip


def show(home: Home, cycle: str, outgoing: Outgoing) -> None:
    """Puts each file where its channel shows it.

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    for file in outgoing.files:
        data = outgoing_bytes(home, outgoing.parcel, file)
        place = file_channel(file.channel).place(home, cycle, outgoing.parcel)
        home.store.put(place, data, about=people_in(outgoing.parcel))


def entries_after(home: Home, state: CycleState, outgoing: Outgoing) -> Iterator[Entry]:
    """What each channel says of a file that is there: delivered, or sent."""
    for file in outgoing.files:
        channel = file_channel(file.channel)
        place = channel.place(home, state.cycle, outgoing.parcel)
        for report in outgoing.parcel.reports:
            yield delivery_entry(home, state, outgoing.parcel, file.channel, channel.arrives_as, report, place)


def clear(home: Home, outgoing: Outgoing) -> None:
    """Empties the outgoing area: a copy nobody needs is a copy that can leak."""
    for file in outgoing.files:
        home.store.delete(file.key)


def sweep(home: Home, cycle: str) -> None:
    """Removes the files that a killed run left behind, all but its plans. Only for a run that has the cycle's turn."""
    for key in list(home.store.list(f"outgoing/{cycle}/")):
        if not key.endswith(".json"):
            home.store.delete(key)


def delivery_entry(
    home: Home, state: CycleState, parcel: Parcel, channel: str, kind: EntryKind, report: ParcelReport,
    place: str | None = None, reason: str | None = None, extract_id: str | None = None,
) -> Entry:  # fmt: skip
    """One fact about one delivery; a second attempt says so."""
    delivery = delivery_id(home, parcel, channel, report.report, report.version)
    return Entry(
        kind=kind, cycle=state.cycle, report=report.report, version=report.version, student=report.student,
        recipient=parcel.recipient, channel=channel, object=place, reason=reason, delivery=delivery,
        count=state.attempt(delivery), extract=extract_id,
    )  # fmt: skip
