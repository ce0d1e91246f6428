"""Reads the mailbox of a home: what a known person wrote becomes a query, the rest is named for the office.

The log first, then the mark on the mail. Killed between the two, the next run finds the mail again, knows it by its id
and marks it. A note that was kept before the log had its entry is kept again, and is the same.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property
from typing import Final, Literal, get_args

from termpost.schemas.base.errors import RetryableError
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.channels.email.bounces import messages_sent, note_news
from termpost.tasks.channels.email.delivery_report import read_report
from termpost.tasks.channels.email.delivery_reports import StatusChange
from termpost.tasks.channels.email.mailbox.folder import MailFolder
from termpost.tasks.channels.email.mailbox.imap import opened_mailbox
from termpost.tasks.channels.email.mailbox.lying_mail import LARGEST_MAIL, LyingMail, MailPlace
from termpost.tasks.channels.email.mailbox.mail_head import MailHead, named_by_all, read_head
from termpost.tasks.channels.email.mailbox.mail_words import is_bounded, read_words
from termpost.tasks.channels.email.mailbox.senders import KnownSender, MailAbout, about, known_senders
from termpost.tasks.channels.email.mailbox.take import VIA, answered_thread, query_of, reply_key, take_mail, take_reply
from termpost.tasks.channels.email.plain.reach import ways_of
from termpost.tasks.home.cycle_locks import locked
from termpost.tasks.home.home import Home

LOCK = "mailbox"
TOGETHER: Final = 10  # mails that one segment of the log records
OF_ONE: Final = 20  # mails of one sender that one run looks at; more are for the office
LeftReason = Literal[
    "unknown-sender", "no-sender", "automatic", "shared-mailbox", "too-large", "too-many", "not-understood",
    "report-not-ours",
]  # fmt: skip
LEFT_REASONS: tuple[LeftReason, ...] = get_args(LeftReason)
Complete = Callable[[Entry], Sequence[Entry]]  # a query as it came → all that the log gets of it


@dataclass(frozen=True)
class LeftMail:
    """A mail that is for the office. Its id may tell whom it is about: for the screen, never for a log."""

    message_id: str
    why: LeftReason


@dataclass
class MailboxNews:
    """What one run found."""

    taken: list[str] = field(default_factory=list)  # ids of the new queries
    known: int = 0  # taken by an earlier run
    reports: int = 0  # delivery reports about our messages
    changed: int = 0  # deliveries of which they said something new
    left: list[LeftMail] = field(default_factory=list)
    away: str = ""  # why the mailbox could not be read to its end; the next run goes on

    def counts(self) -> dict[str, int]:
        """How many are left for the office, by reason."""
        return dict(sorted(Counter(str(one.why) for one in self.left).items()))


def alone(entry: Entry) -> Sequence[Entry]:
    return (entry,)


def collect_mailbox(home: Home, run: str, complete: Complete = alone) -> MailboxNews:
    """Everything that is new in `[feedback] mailbox`; nothing where there is none.

    Args:
        complete: adds what this room does not know to the entry of a query: its last day, who answers, and whether
            its sender has the right; `since` says when it reached the mailbox. It is asked once a mail, and all of it
            is written together.

    Raises:
        InputError: what a person must fix: the password, the certificate, the folder. A mailbox that is away is no
            error: `away` says so.
    """
    news = MailboxNews()
    if not home.settings.feedback.mailbox:
        return news
    with locked(home, LOCK):
        try:
            with _opened(home) as place:
                _Collection(home, run, complete, place, news).collect()
        except RetryableError as error:
            news.away = str(error)
    return news


def probe_mailbox(home: Home) -> str | None:
    """Tries the way in, and reads nothing; None where there is no mailbox.

    Raises:
        InputError, RetryableError: what is wrong with it.
    """
    settings = home.settings.feedback
    if not settings.mailbox:
        return None
    with _opened(home):
        return "the folder of mails is there" if settings.imap is None else "the mailbox answers under TLS"


@contextmanager
def _opened(home: Home) -> Iterator[MailPlace]:
    settings = home.settings.feedback
    if settings.imap is None:
        yield MailFolder(home.path / settings.mailbox)
        return
    with opened_mailbox(settings.imap, settings, home.path, home.environ) as mailbox:
        yield mailbox


def _arrival(mail: LyingMail) -> str | None:
    return mail.came.astimezone(UTC).isoformat() if mail.came else None


class _Collection:
    """One run over one place."""

    def __init__(self, home: Home, run: str, complete: Complete, place: MailPlace, news: MailboxNews) -> None:
        self._home, self._run, self._complete, self._place, self._news = home, run, complete, place, news
        self._entries: list[Entry] = []
        self._changes: list[StatusChange] = []
        self._done: list[str] = []  # names of mails that are marked as soon as the log has their entries
        self._left: list[str] = []
        self._by_sender: Counter[str] = Counter()

    @cached_property
    def _queries(self) -> set[str | None]:
        """Ids of those that came, and where further words to them are kept."""
        said = self._home.log.entries("query_received", "query_noticed")
        return {entry.object if entry.reason == "replied" else entry.query for entry in said}

    @cached_property
    def _today(self) -> Counter[str]:
        """How much was taken on this day, by whom it is said to be from: anybody can write any sender."""
        said = self._home.log.entries("query_received", "query_noticed")
        return Counter(
            entry.recipient for entry in said
            if entry.via == VIA and entry.recipient and entry.reason in ("question", "replied")
            and entry.day.astimezone(self._home.calendar.zone).date() == self._home.today
        )  # fmt: skip

    @cached_property
    def _senders(self) -> dict[str, tuple[KnownSender, ...]]:
        return known_senders(self._home)

    @cached_property
    def _sent(self) -> dict[str, list[Logged]]:
        return messages_sent(self._home)

    @cached_property
    def _tokens(self) -> dict[str, str]:
        """Token → Message-ID of what was sent."""
        return {message_id.strip("<>").partition("@")[0]: message_id for message_id in self._sent}

    def collect(self) -> None:
        try:
            for mail in self._place.lying():
                self._look(mail)
                if len(self._done) + len(self._left) >= TOGETHER:
                    self._keep()
        except RetryableError:  # it broke off: what was read until then counts, and the next run marks it
            self._write_down()
            raise
        self._keep()

    def _write_down(self) -> None:
        self._home.log.append(self._run, self._entries)

    def _keep(self) -> None:
        """The log, then the marks."""
        self._write_down()
        if self._changes:
            self._news.changed += note_news(self._home, self._run, self._changes, self._sent)
        self._place.mark(self._done, taken=True)
        self._place.mark(self._left, taken=False)
        self._entries, self._changes, self._done, self._left = [], [], [], []

    def _look(self, mail: LyingMail) -> None:
        head = read_head(mail.head)
        why: LeftReason | None = "not-understood"
        if head is not None:
            why = self._report(mail) if head.is_report else self._refused(mail, head) or self._take(mail, head)
        if why is None:
            self._done.append(mail.name)
        else:
            self._left.append(mail.name)
            self._news.left.append(LeftMail(head.message_id if head else mail.name, why))

    def _report(self, mail: LyingMail) -> LeftReason | None:
        """A delivery report about one of our messages (RFC 3464); any other is for the office."""
        data = mail.whole() if mail.size <= LARGEST_MAIL else b""
        told = read_report(data) if is_bounded(data) else "not-understood"
        if isinstance(told, str) or told.token not in self._tokens:
            return "report-not-ours"
        self._news.reports += 1
        self._changes.append(StatusChange(self._tokens[told.token], told.fate, told.reason))
        return None

    def _refused(self, mail: LyingMail, head: MailHead) -> LeftReason | None:
        """What can be said by the header alone, so that nothing else of it is read."""
        email = self._home.settings.channels.email
        if head.is_automatic or (email is not None and head.sender == email.sender.casefold()):
            return "automatic"
        if not head.sender:
            return "no-sender"
        if head.sender not in self._senders:
            return "unknown-sender"
        self._by_sender[head.sender] += 1
        if self._by_sender[head.sender] > OF_ONE:
            return "too-many"
        return "too-large" if mail.size > LARGEST_MAIL else None

    def _take(self, mail: LyingMail, head: MailHead) -> LeftReason | None:
        answered = [
            entry for token in head.answers if token in self._tokens for entry in self._sent[self._tokens[token]]
        ]
        whom = about(self._senders[head.sender], answered)
        if whom is None or (len(self._senders[head.sender]) > 1 and not self._may_be_told(whom, head)):
            return "shared-mailbox"
        head = named_by_all(head, mail)
        to = answered_thread(whom, answered, self._queries)
        known = reply_key(head, whom, to) if to else query_of(head, whom.sender)
        if known in self._queries:
            self._news.known += 1
            return None
        if self._today[whom.sender] >= self._home.settings.feedback.messages_per_day:
            return "too-many"
        words = read_words(mail.whole())
        if words is None:
            return "not-understood"
        entry = take_reply(self._home, head, words, whom, to) if to else take_mail(self._home, head, words, whom)
        self._entries += self._complete(entry.model_copy(update={"since": _arrival(mail)}))
        self._queries.add(known)
        self._today[whom.sender] += 1
        self._news.taken.append(entry.query or "")
        return None

    def _may_be_told(self, whom: MailAbout, head: MailHead) -> bool:
        """Whether a notice may still go to that mailbox: not where it is that of somebody barred from their child, who
        has the earlier notices and could answer in their name."""
        return (ways_of(self._home, {whom.sender})[whom.sender].email or "").casefold() == head.sender
