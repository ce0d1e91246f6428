"""What became of printed envelopes: posted, handed over, returned. Said by their marks, written for each delivery."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.documents.pack import ChosenEnvelopes, PackedReport
from termpost.schemas.log.cycle_state import DELIVERY_KINDS, RETURNED
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.channels.print.envelope_status import WITHDRAWN, stored_envelopes
from termpost.tasks.channels.print.pack_registry import PackRegistry
from termpost.tasks.home.home import Home

EnvelopeFate = Literal["posted", "handed-over", "returned"]
KINDS: dict[EnvelopeFate, Literal["sent", "delivered", "failed"]] = {
    "posted": "sent", "handed-over": "delivered", "returned": "failed",
}  # fmt: skip
ALTHOUGH = "although-withdrawn"


@dataclass
class Recorded:
    """What was noted, by marks."""

    noted: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)  # taken back: nothing noted but, if asked for, the incident


def record(
    home: Home, cycle: str, fate: EnvelopeFate, chosen: ChosenEnvelopes, actor: str, although_withdrawn: bool
) -> Recorded:
    """Writes one entry for each delivery in the envelopes; saying it again adds nothing.

    Args:
        although_withdrawn: an envelope that was taken back left the house all the same. The delivery stays withdrawn;
            that it happened is an incident.

    Raises:
        InputError: `no-such-mark`, `printed-anew`.
    """
    entries = list(home.log.entries())
    last = {e.delivery: e for e in entries if e.delivery and e.kind in DELIVERY_KINDS}
    incidents = {(e.delivery, e.reason) for e in entries if e.kind == "incident"}
    gone = {one.object for one in stored_envelopes(entries, cycle) if one.done == WITHDRAWN}
    done, new = Recorded(), list[Entry]()
    for pack, envelopes in PackRegistry.read(home, cycle, entries).chosen(chosen):
        for envelope in envelopes:
            mark = pack.mark(envelope)
            if envelope.object in gone:
                done.withdrawn.append(mark)
                if although_withdrawn:
                    new += _incidents(envelope.reports, last, incidents, fate, actor)
                continue
            said = [_entry(last[report.delivery], fate, envelope.object, actor) for report in envelope.reports]
            fresh = [entry for entry in said if entry is not None]
            (done.noted if fresh else done.already).append(mark)
            new += fresh
    home.log.append(f"print-{fate}", new)
    return done


def _entry(last: Logged, fate: EnvelopeFate, key: str, actor: str) -> Entry | None:
    """As `deliveries resolve` has it; None where that is how it stands already."""
    if (last.kind, last.reason) == (KINDS[fate], fate):
        return None
    about = last.model_dump(include=set(Entry.model_fields)) | {
        "kind": KINDS[fate], "reason": fate, "actor": actor, "object": None if fate == RETURNED else key,
        "count": last.seq,  # what it answers: said of another attempt it is another fact
    }  # fmt: skip
    return Entry.model_validate(about)


def _incidents(
    reports: Sequence[PackedReport], last: dict[str, Logged], known: set[tuple[str | None, str | None]],
    fate: EnvelopeFate, actor: str,
) -> list[Entry]:  # fmt: skip
    reason = f"{fate}-{ALTHOUGH}"
    return [
        Entry(kind="incident", actor=actor, cycle=last[r.delivery].cycle, report=r.report, version=r.version,
              student=r.student, recipient=last[r.delivery].recipient, channel=ChannelName.PRINT, delivery=r.delivery,
              reason=reason)
        for r in reports if (r.delivery, reason) not in known
    ]  # fmt: skip
