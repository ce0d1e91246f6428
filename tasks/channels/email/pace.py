"""Paces messages to the relay: the pause grows when the relay asks for it and shrinks when it does not."""

from collections.abc import Callable

from termpost.tasks.channels.email.transaction import CLOSING, RelayAnswer

FIRST, LONGEST = 15.0, 300.0  # seconds between messages once the relay is busy
AGAIN, LONGEST_AGAIN = 30.0, 900.0  # seconds before a message is tried again
SOME = 3  # refusals in a row, of different messages, that are no longer about a family's mailbox
CALM = 20  # messages taken in a row after which the pause is halved
MINUTE = 60.0


class Pace:
    """The pauses of one sending."""

    def __init__(self, sleep: Callable[[float], None], instant: Callable[[], float], per_minute: int) -> None:
        self._sleep, self._instant = sleep, instant
        self._least = MINUTE / per_minute if per_minute else 0.0
        self._pause = 0.0
        self._next = 0.0
        self._in_a_row = self._own_in_a_row = self._calm = 0

    def wait(self, due: float = 0.0) -> None:
        """Until the next message may go, and not before `due`."""
        now = self._instant()
        if max(due, self._next) > now:
            self._sleep(max(due, self._next) - now)
        self._next = self._instant() + max(self._pause, self._least)

    def due_again(self, tries: int, asked: float) -> float:
        """When a message that was put off is tried again: doubling, or as long as the relay asks."""
        return self._instant() + min(max(AGAIN * (1 << tries - 1), asked), LONGEST_AGAIN)

    def refused(self, answer: RelayAnswer) -> int:
        """The relay was busy; how many times in a row by its own doing.

        A 421, a refusal before the recipient was named and a broken line are the relay's; others may be about one
        mailbox that is full or greylisted, and hold up nobody else until there are several in a row.
        """
        self._in_a_row += 1
        self._calm = 0
        if answer.code == CLOSING or answer.stage in {"line", "mail"} or self._in_a_row >= SOME:
            self._own_in_a_row += 1
            self._pause = min(max(FIRST, self._pause * 2, answer.wait), LONGEST)
            self._next = self._instant() + self._pause
        return self._own_in_a_row

    def eased(self) -> None:
        """The relay took a message, or refused it for good."""
        self._in_a_row = self._own_in_a_row = 0
        self._calm += 1
        if self._calm >= CALM:
            self._calm = 0
            self._pause = self._pause / 2 if self._pause > 1 else 0.0
