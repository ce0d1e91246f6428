"""Writing down that somebody has read exactly this report version, on that day."""

from datetime import date
from typing import Literal

from termpost.schemas.log.entry import Entry
from termpost.schemas.log.feedback.acknowledgements import READ_ON
from termpost.tasks.feedback.sent_reports import SentReport

AckVia = Literal["portal", "phone", "paper", "email"]


def acknowledged(one: SentReport, day: date, via: AckVia, proof: tuple[str, str] | None = None) -> Entry:
    """The entry; with where the proof lies and its digest, where there is one beside the paper."""
    key, digest = proof or (None, None)
    return Entry(kind="acknowledged", cycle=one.cycle, report=one.report, version=one.version, student=one.student,
                 recipient=one.recipient, via=via, reason=f"{READ_ON}{day.isoformat()}", object=key,
                 digest=digest)  # fmt: skip
