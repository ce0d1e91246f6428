"""What became of each short notice, read from the distribution log alone. None belongs to a cycle."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from termpost.schemas.log.entry import EntryKind, Logged

KINDS_OF_PLAIN: Final[tuple[EntryKind, ...]] = ("planned", "sent", "delivered", "failed", "uncertain")
TEXT: Final = "sms"  # what the log calls a text message; no channel of reports
LETTER: Final = "print"
# reasons of what was certainly not taken: the next run sends it
COMES_AGAIN: Final = frozenset({"mail-put-off", "relay-away", "relay-unfit", "hook-away"})
ARRIVED_PLAIN: Final = ("sent", "delivered")


# how the name of a delivery begins: of an e-mail, and of what goes in its place
BY_MAIL, BY_TEXT, BY_LETTER = "n", "s", "l"


def by_text(delivery: str) -> str:
    """What the text message in place of an e-mail is called."""
    return f"{BY_TEXT}{delivery[1:]}"


def by_letter(delivery: str) -> str:
    """What the letter in place of an e-mail is called."""
    return f"{BY_LETTER}{delivery[1:]}"


@dataclass
class PlainDeliveries:
    """Of each delivery the last entry, and how often it was tried."""

    last: dict[str, Logged] = field(default_factory=dict)
    attempts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def fold(cls, entries: Iterable[Logged]) -> "PlainDeliveries":
        found = cls()
        for entry in entries:
            if entry.cycle is None and entry.delivery and entry.kind in KINDS_OF_PLAIN:
                found.last[entry.delivery] = entry
                if entry.kind == "planned":
                    found.attempts[entry.delivery] += 1
        return found

    def is_left(self, delivery: str) -> bool:
        """Whether it is still to be sent: never what was planned and of which nothing more is known."""
        last = self.last.get(delivery)
        return last is None or (last.kind == "failed" and last.reason in COMES_AGAIN)

    def is_left_in_all(self, delivery: str) -> bool:
        """The same, or the text message in its place was put off."""
        return self.is_left(delivery) or (by_text(delivery) in self.last and self.is_left(by_text(delivery)))

    def without_outcome(self) -> list[Logged]:
        """Planned, and then the machine died, or is at it right now."""
        return [entry for delivery, entry in self.last.items()
                if entry.kind == "planned" and not delivery.startswith(BY_LETTER)]  # fmt: skip

    def letters_due(self) -> list[Logged]:
        """Whom neither an e-mail nor a text message reached, oldest first: the office sends them a letter."""
        return [entry for delivery, entry in self.last.items() if self._needs_letter(delivery, entry)]

    def _needs_letter(self, delivery: str, entry: Logged) -> bool:
        is_mail = delivery.startswith(BY_MAIL) and entry.recipient is not None
        if not is_mail or entry.kind not in ("failed", "uncertain") or entry.reason in COMES_AGAIN:
            return False
        text = self.last.get(by_text(delivery))
        told = text is not None and (text.kind in (*ARRIVED_PLAIN, "planned") or text.reason in COMES_AGAIN)
        letter = self.last.get(by_letter(delivery))  # one that was only planned may not have been printed
        return not told and (letter is None or letter.kind == "planned")
