"""Hands short messages over, each at most once: an intent into the log, then the message, then what became of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from termpost.schemas.documents.plain_notice import PlainMail
from termpost.schemas.log.entry import Entry, EntryKind
from termpost.schemas.log.notices.plain_deliveries import PlainDeliveries
from termpost.tasks.channels.channel import Message, Messenger
from termpost.tasks.home.home import Home

FEW = 10  # messages of which a crash may leave it open whether they were sent
UNRECORDED = "no-record"


@dataclass(frozen=True)
class PlainDelivery:
    """One message with its place in the log."""

    mail: PlainMail
    delivery: str
    channel: str
    attempt: int = 1

    def entry(self, kind: EntryKind, reason: str | None = None) -> Entry:
        """A second attempt says so."""
        return Entry(
            kind=kind, student=self.mail.student, recipient=self.mail.to_ref, subject=self.mail.staff,
            channel=self.channel, delivery=self.delivery, query=self.mail.query, reason=reason, cause=self.mail.kind,
            count=self.attempt if self.attempt > 1 else None,
        )  # fmt: skip


def settle_plain_intents(home: Home, run: str, before: PlainDeliveries) -> int:
    """What was to be sent, and of which nothing more is known, is uncertain. Only for a run that has the turn."""
    left = before.without_outcome()
    said = [one.fact.model_copy(update={"kind": "uncertain", "actor": "pipeline", "reason": UNRECORDED})
            for one in left]  # fmt: skip
    home.log.append(run, said)
    return len(said)


def hand_over(
    home: Home, run: str, messenger: Messenger, messages: Sequence[tuple[Message, PlainDelivery]]
) -> Counter[str]:  # fmt: skip
    """How many ended in each state.

    Raises:
        InputError: the way out is not what it should be; what was not sent comes again.
    """
    counts: Counter[str] = Counter()
    for first in range(0, len(messages), FEW):
        group = {message.message_id: (message, about) for message, about in messages[first : first + FEW]}
        home.log.append(run, [about.entry("planned") for _, about in group.values()])
        for outcome in messenger.send([message for message, _ in group.values()]):
            kind: EntryKind = "failed" if outcome.state == "later" else outcome.state
            home.log.append(run, [group[outcome.message_id][1].entry(kind, outcome.reason or None)])
            counts[outcome.state] += 1
    return counts
