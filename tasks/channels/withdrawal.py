"""What the log says of a delivery that was taken back, or that must be made again because another one was."""

from typing import Literal

from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import PublishedDelivery

REPLACED = "replaced"  # reason of what a newer version took the place of


def entry_of(
    one: PublishedDelivery, actor: str, reason: str, kind: Literal["withdrawn", "failed"] = "withdrawn"
) -> Entry:
    """About one delivery, whose object no longer shows it."""
    return Entry(kind=kind, actor=actor, cycle=one.cycle, report=one.report, version=one.version, student=one.student,
                 recipient=one.recipient, channel=one.channel, delivery=one.delivery, reason=reason)  # fmt: skip
