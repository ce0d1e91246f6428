"""Making visible what was sealed, rechecked and written into the log. Doing it again changes nothing."""

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.parcel import Channel, Parcel
from termpost.schemas.documents.receipt import sealed_place
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.distribute.parcel_files import Outgoing, page_name
from termpost.tasks.home.home import Home


def page_place(home: Home, parcel: Parcel) -> str:
    """Where the recipient's sealed page is visible to the portal."""
    return sealed_place(parcel.recipient, page_name(home, parcel))


def envelope_place(home: Home, cycle: str, parcel: Parcel) -> str:
    """Where the office finds the envelope."""
    return f"print/{parcel.reports[0].school}/{cycle}/{parcel.recipient}-{page_name(home, parcel)[:8]}.pdf"


def refuse_stopped(state: CycleState) -> None:
    """Raises Refused where somebody stopped the cycle after it was last approved."""
    if state.stopped:
        raise Refused("stopped", "deliveries of this cycle were stopped", f"cycle {state.cycle}",
                      "`termpost release` goes on where they stopped")  # fmt: skip


def entries_before(home: Home, state: CycleState, outgoing: Outgoing) -> list[Entry]:
    """What the log must know before anyone can see the parcel (law 6).

    Args:
        state: of the cycle, as the log had it before this parcel.
    """
    entries = []
    if outgoing.failed:
        return [
            _entry(home, state, outgoing.parcel, "print", "failed", report.report, reason=outgoing.failed)
            for report in outgoing.parcel.reports
        ]
    for channel, place, digest in _ways(home, state.cycle, outgoing):
        entries += [
            _entry(home, state, outgoing.parcel, channel, "planned", report.report, reason=report.rule)
            for report in outgoing.parcel.reports
        ]
        entries.append(
            Entry(
                kind="sealed",
                cycle=state.cycle,
                recipient=outgoing.parcel.recipient,
                channel=channel,
                object=place,
                digest=digest,
            )
        )
    return entries


def show(home: Home, cycle: str, outgoing: Outgoing) -> None:
    """Puts the page where the portal shows it and the envelope where the office prints it."""
    for channel, place, digest in _ways(home, cycle, outgoing):
        data = home.store.get((outgoing.page if channel == "portal" else outgoing.envelope) or "")
        if home.people.digest(PersonRef(outgoing.parcel.recipient), data) != digest:
            raise Refused(
                "bytes-changed", "a parcel changed after it was checked", "the outgoing area", "release again"
            )
        home.store.put(place, data)


def entries_after(home: Home, state: CycleState, outgoing: Outgoing) -> list[Entry]:
    """A page that the portal shows is delivered; an envelope is sent: whether it arrives, the post knows."""
    done = {"portal": "delivered", "print": "sent"}
    return [
        _entry(home, state, outgoing.parcel, channel, done[channel], report.report, place)
        for channel, place, _ in _ways(home, state.cycle, outgoing)
        for report in outgoing.parcel.reports
    ]


def clear(home: Home, outgoing: Outgoing) -> None:
    """Empties the outgoing area: a copy nobody needs is a copy that can leak."""
    for key in (outgoing.page, outgoing.envelope):
        if key:
            home.store.delete(key)


def sweep(home: Home, cycle: str) -> None:
    """Removes the pages and envelopes that a killed run left behind. Only for a run that has the cycle's turn."""
    for key in list(home.store.list(f"outgoing/{cycle}/")):
        if key.endswith((".html", ".pdf")):
            home.store.delete(key)


def delivery_id(home: Home, parcel: Parcel, channel: Channel, report: str, version: int) -> str:
    return "d" + home.people.name(PersonRef(parcel.recipient), "delivery", report, str(version), channel)


def _ways(home: Home, cycle: str, outgoing: Outgoing) -> list[tuple[Channel, str, str]]:
    ways: list[tuple[Channel, str, str]] = []
    if outgoing.page:
        ways.append(("portal", page_place(home, outgoing.parcel), outgoing.page_digest))
    if outgoing.envelope:
        ways.append(("print", envelope_place(home, cycle, outgoing.parcel), outgoing.envelope_digest))
    return ways


def _entry(
    home: Home,
    state: CycleState,
    parcel: Parcel,
    channel: Channel,
    kind: str,
    report_id: str,
    place: str | None = None,
    reason: str | None = None,
) -> Entry:
    report = next(r for r in parcel.reports if r.report == report_id)
    delivery = delivery_id(home, parcel, channel, report.report, report.version)
    return Entry.model_validate(
        {
            "kind": kind,
            "cycle": state.cycle,
            "report": report.report,
            "version": report.version,
            "student": report.student,
            "recipient": parcel.recipient,
            "channel": channel,
            "object": place,
            "reason": reason,
            "delivery": delivery,
            "count": state.attempt(delivery),
        }
    )
