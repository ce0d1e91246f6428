"""What the log says of a delivery that was taken back, or that must be made again because another one was."""

from collections.abc import Iterable
from typing import Literal

from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import PublishedDelivery

ERASED = "erased"  # reason of what was taken back since whoever it is about was erased
REPLACED = "replaced"  # reason of what a newer version took the place of


def entry_of(
    one: PublishedDelivery, actor: str, reason: str, kind: Literal["withdrawn", "failed"] = "withdrawn"
) -> Entry:
    """About one delivery, whose object no longer shows it."""
    return Entry(kind=kind, actor=actor, cycle=one.cycle, report=one.report, version=one.version, student=one.student,
                 recipient=one.recipient, channel=one.channel, delivery=one.delivery, reason=reason,
                 count=one.count)  # fmt: skip


def attempt_of(shown: Iterable[PublishedDelivery]) -> int | None:
    """The `count` of what is said of a whole file: what was delivered anew is taken back anew."""
    return max((one.count for one in shown if one.count), default=None)
