"""What is known of those who send messages while these are judged: pages, rights, how much they sent today."""

from collections import Counter
from dataclasses import dataclass, field

import duckdb
from termpost.schemas.documents.feedback.message import FamilyMessage
from termpost.schemas.documents.receipt import sealed_place
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.feedback.acknowledgements import ReadBy, acknowledgements
from termpost.schemas.log.query_threads import QueryThread, add_to
from termpost.tasks.feedback.asking_facts import OF_ASKING, AskingFacts
from termpost.tasks.feedback.entitled import entitled, entitled_to_all
from termpost.tasks.feedback.queries import OF_QUERIES
from termpost.tasks.feedback.sent_reports import SentReport, SentReports
from termpost.tasks.home.home import Home

READ = tuple(dict.fromkeys((*OF_QUERIES, *OF_ASKING, "acknowledged")))


@dataclass
class KnownSenders:
    """As the log has it, and with each message that was taken since."""

    home: Home
    lake: duckdb.DuckDBPyConnection
    asking: AskingFacts
    threads: dict[str, QueryThread] = field(default_factory=dict)
    read: dict[ReadBy, Entry] = field(default_factory=dict)
    objects: set[str] = field(default_factory=set)  # notes that the log names
    today: Counter[str] = field(default_factory=Counter)  # recipient → what was taken from them on this day
    _rights: dict[tuple[str, str], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Home, lake: duckdb.DuckDBPyConnection) -> "KnownSenders":
        entries = list(home.log.entries(*READ))
        known = cls(home, lake, AskingFacts.of(home, entries))
        known.read = dict(acknowledgements(entries))
        for entry in entries:
            known.add(entry)
        return known

    @property
    def sent(self) -> SentReports:
        return self.asking.sent

    def add(self, entry: Logged) -> None:
        """One more entry that is in the log, or will be before the next message is taken away."""
        add_to(self.threads, entry)
        if entry.object and entry.query:
            self.objects.add(entry.object)
        if entry.kind == "acknowledged" and entry.report and entry.version and entry.recipient:
            self.read.setdefault((entry.report, entry.version, entry.recipient), entry)
        is_message = entry.kind == "query_received" or (entry.kind, entry.reason) == ("query_noticed", "replied")
        is_today = entry.day.astimezone(self.home.calendar.zone).date() == self.home.today
        if is_message and is_today and entry.via == "portal" and entry.recipient:
            self.today[entry.recipient] += 1

    def report(self, sender: str, message: FamilyMessage) -> SentReport | None:
        """Which report of theirs a message is about: the part of the page that it names, or the only one on it."""
        on_page = self.sent.pages.get(sealed_place(sender, message.page), []) if message.page else []
        if message.part is None:
            return on_page[0] if len(on_page) == 1 else None
        return on_page[message.part] if message.part < len(on_page) else None

    def student(self, sender: str, message: FamilyMessage) -> str | None:
        """About whom it is; None where it may be about several, and nobody says which."""
        if (found := self.report(sender, message)) is not None:
            return found.student
        place = sealed_place(sender, message.page) if message.page else ""
        near = self.sent.pages.get(place) or self.sent.of_recipient(sender)
        students = {one.student for one in near}
        return students.pop() if len(students) == 1 else None

    def has_right(self, sender: str, student: str | None) -> bool:
        """Whether they may have an answer about the student today; about nobody in particular, about each of theirs."""
        asked = (student or "", sender)
        if asked not in self._rights:
            have = entitled(self.home, self.lake, {asked}) if student else set()
            have_all = set() if student else entitled_to_all(self.home, self.lake, {sender})
            self._rights[asked] = asked in have or sender in have_all
        return self._rights[asked]
