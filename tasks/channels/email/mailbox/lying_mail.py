"""A mail as it lies in the mailbox, and what a place of mails can do. Places: imap.py and folder.py."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

MOST: Final = 500  # mails of one run; the next has the others
LARGEST_HEAD: Final = 65_536  # bytes
LARGEST_MAIL: Final = 10_485_760  # bytes, as of a delivery report; a larger one is for the office


@dataclass(frozen=True)
class LyingMail:
    """One of them, before it is known what it is."""

    name: str  # within the place; it may tell whom it is about: for the screen, never for a log
    size: int  # bytes
    head: bytes  # its header, or the first LARGEST_HEAD bytes of one that is longer
    whole: Callable[[], bytes]
    came: datetime | None = None  # when it reached the mailbox, by who keeps it and not by who wrote it


class MailPlace(Protocol):
    """Opened by whoever has the turn of the mailbox."""

    def lying(self) -> Iterator[LyingMail]:
        """What nobody has looked at yet, oldest first, MOST at the most."""

    def mark(self, names: Sequence[str], *, taken: bool) -> None:
        """So that no later run looks at them: as taken, or as left for the office, unread as they are."""
