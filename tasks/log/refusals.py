"""Why nothing is written to the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.log.end_words import NO_LOG
from termpost.tasks.log.segments import BrokenError, ChainPlace, segment_key

SKEW = timedelta(seconds=5)  # by which the clocks of two machines that write may differ
# of an end that is not the remembered one: a copy that was brought back is told from an attack by a person alone
OF_THE_END = frozenset({
    "truncated", "anchor-invalid", "anchor-mismatch", "anchor-missing", "anchor-old",
    "count-invalid", "count-missing", "count-old",
})  # fmt: skip


class HandedOverError(InputError):
    """The log says that another key signs it from here on."""

    def __init__(self, place: ChainPlace, public: str) -> None:
        super().__init__("log-key-rotated", "the log was handed over to another key", "secrets/log.key",
                         "run it again; on another machine bring the new log.key there first")  # fmt: skip
        self.place, self.public = place, public

    def __reduce__(self) -> tuple[type["HandedOverError"], tuple[ChainPlace, str]]:
        return type(self), (self.place, self.public)  # what is kept beside the message must survive pickling too


def refuse_behind(now: datetime, last: datetime | None) -> None:
    """An entry that seems older than the one before it would count as made in time, or as lapsed.

    Raises:
        Refused: `clock-behind`.
    """
    if last is not None and now < last - SKEW:
        raise Refused("clock-behind",
                      f"this machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, "
                      f"and the log's last entry was written at {last:%Y-%m-%d %H:%M:%S} UTC",
                      "the machine's clock", "set the clock (NTP); nothing is written until then")  # fmt: skip


@contextmanager
def refusing() -> Iterator[None]:
    try:
        yield
    except BrokenError as error:
        remedy = "run `termpost log verify` and restore what was changed from a copy; nothing is written until then"
        if (error.reason, error.segment) == ("truncated", 1):  # far more often a wrong address than an attack
            remedy = f"{NO_LOG}; else {remedy}"
        if error.reason in OF_THE_END:
            remedy += ". Of a home that was restored a person accepts the end: `termpost log accept`"
        raise InputError(
            "log-broken",
            f"the distribution log does not hold ({error.reason})",
            segment_key(error.segment) if error.segment else "the log's anchor",
            remedy,
        ) from error
