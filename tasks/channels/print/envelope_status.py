"""What lies in the print area by the log, and what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.pack import PackedReport
from termpost.schemas.log.cycle_state import RETURNED, CycleState
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.published_objects import PublishedDelivery, Visible

WITHDRAWN, POSTED, HANDED_OVER, MADE_AGAIN = "withdrawn", "posted", "handed-over", "made-again"
RESOLVED = "resolved-sent"  # of `deliveries resolve --sent`
GONE = (POSTED, RESOLVED)  # why an envelope that was sent is no longer in the print area
# why an envelope is not printed, from the gravest on
REASONS = {
    WITHDRAWN: "it was taken back: take it out of the post where it was printed",
    RETURNED: "it came back: find out the address, then `termpost deliveries resolve ID --resend`",
    MADE_AGAIN: "the next release makes it again",
    HANDED_OVER: "it was handed over",
    POSTED: "it was posted",
    "missing": "it is not in the print area: find out who removed it (termpost log verify --full), then resend it",
    "changed": "it is not what was sealed: find out who changed it (termpost log verify --full), then resend it",
    "no-right": "it may not go to its recipient today (termpost recipients): withdraw it with --reason rights-changed",
    "address-changed": "its address is not the one on record: `termpost deliveries resolve ID --resend`, then release",
}
ALARMING = frozenset({"missing", "changed", "no-right", "address-changed"})  # somebody must do something


def lies_there(entry: Logged) -> bool:
    """Whether the last entry of a delivery leaves an envelope in the print area: nobody said that it was posted or
    handed over."""
    return entry.channel == ChannelName.PRINT and entry.kind == "sent" and entry.reason not in GONE


@dataclass(frozen=True)
class StoredEnvelope:
    """One envelope."""

    object: str
    digest: str  # HMAC under the recipient's key, from the log
    recipient: PersonRef
    school: str
    reports: tuple[PackedReport, ...]
    done: str | None  # a key of REASONS where it is not to be printed

    @property
    def students(self) -> tuple[PersonRef, ...]:
        """Whose reports are in it."""
        return tuple(PersonRef(report.student) for report in self.reports)


def stored_envelopes(entries: Iterable[Logged], cycle: str) -> list[StoredEnvelope]:
    """Every envelope of a cycle that was put into the print area, in the order of the log."""
    entries = list(entries)
    seen, state = Visible.fold(entries), CycleState.fold(cycle, entries)
    return [
        StoredEnvelope(
            key, seen.digests.get(key, ""), PersonRef(shown[0].recipient), key.split("/")[1],
            tuple(PackedReport(delivery=s.delivery, report=s.report, version=s.version, student=s.student)
                  for s in shown),
            _done(shown, seen, state),
        )
        for key, shown in seen.objects().items()
        if shown[0].channel == ChannelName.PRINT and shown[0].cycle == cycle
    ]  # fmt: skip


def _done(shown: Sequence[PublishedDelivery], seen: Visible, state: CycleState) -> str | None:
    found = {_became(one.delivery, seen, state) for one in shown}
    return next((reason for reason in REASONS if reason in found), None)


def _became(delivery: str, seen: Visible, state: CycleState) -> str | None:
    kind, reason = state.deliveries.get(delivery), state.reasons.get(delivery)
    if delivery in seen.withdrawn or kind == "withdrawn":
        return WITHDRAWN
    if kind == "delivered":
        return HANDED_OVER
    if kind == "sent":
        return POSTED if reason in GONE else None
    return RETURNED if reason == RETURNED else MADE_AGAIN
