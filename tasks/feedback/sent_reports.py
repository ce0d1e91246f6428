"""Which report versions went to whom, by the page they lie on, read from the distribution log."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from termpost.schemas.base.channel_name import AT_THE_DOOR
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import EntryKind, Logged
from termpost.tasks.home.home import Home
from termpost.tasks.home.slip_numbers import slip_number, tidy_slip

OF_REPORTS: tuple[EntryKind, ...] = ("report_made", "planned", "sent", "delivered", "opened", "withdrawn")


@dataclass(frozen=True)
class SentReport:
    """One report version to one person."""

    report: str
    version: int
    student: str
    recipient: str
    cycle: str
    rule: str  # by which they may have it


@dataclass
class SentReports:
    """Folds `OF_REPORTS`, oldest first."""

    sent: dict[tuple[str, int, str], SentReport] = field(default_factory=dict)  # report, version, recipient
    arrived: dict[tuple[str, int, str], datetime] = field(default_factory=dict)  # when it was there first
    # store key of a page → what lies on it, in order: a page is planned whole, and never gets another report
    pages: dict[str, list[SentReport]] = field(default_factory=dict)
    withdrawn: set[tuple[str, int, str]] = field(default_factory=set)  # nothing of it is with them any more
    folders: dict[tuple[str, int], str] = field(default_factory=dict)  # report, version → where it lies
    digests: dict[tuple[str, int], set[str]] = field(default_factory=dict)  # of its PDFs

    @classmethod
    def fold(cls, entries: Iterable[Logged]) -> "SentReports":
        found = cls()
        for entry in entries:
            found._add(entry)
        return found

    def _add(self, e: Logged) -> None:
        if not (e.report and e.version and e.student):
            return
        if e.kind == "report_made":
            folder, _, name = (e.object or "").rpartition("/")
            self.folders[e.report, e.version] = folder
            if name.endswith(".pdf") and e.digest:
                self.digests.setdefault((e.report, e.version), set()).add(e.digest)
        elif e.recipient and e.cycle:
            self._of_person(e, (e.report, e.version, e.recipient), e.student, e.cycle)

    def _of_person(self, e: Logged, what: tuple[str, int, str], student: str, cycle: str) -> None:
        if e.kind == "planned":
            self.sent[what] = SentReport(*what[:2], student, what[2], cycle, e.reason or "")
            page = self.pages.setdefault(e.object or "", []) if e.channel == AT_THE_DOOR else []
            if all((one.report, one.version) != what[:2] for one in page):  # planned again, it is where it was
                page.append(self.sent[what])
        elif e.kind == "withdrawn":
            self.withdrawn.add(what)
        elif what in self.sent:
            self.arrived.setdefault(what, e.day)
            self.withdrawn.discard(what)

    def of_recipient(self, recipient: str) -> list[SentReport]:
        """All that arrived at this person, oldest first."""
        return [one for what, one in self.sent.items() if what[2] == recipient and what in self.arrived]

    def last_of(self, recipient: str, student: str | None) -> SentReport | None:
        """The last that arrived at this person, about this student or, where that is None, about anybody."""
        found = [one for one in self.of_recipient(recipient) if student in (None, one.student)]
        return found[-1] if found else None

    def first_arrival(self, recipient: str) -> datetime | None:
        """Since when this person has anything of ours."""
        return min((at for what, at in self.arrived.items() if what[2] == recipient), default=None)

    def is_pdf_of(self, home: Home, one: SentReport, sha256: str) -> bool:
        """Whether a PDF of this report version has this SHA-256 (hex), in whichever language."""
        key = home.people.key(PersonRef(one.student))
        digest = hmac.digest(key, bytes.fromhex(sha256), "sha256").hex()
        return digest in self.digests.get((one.report, one.version), ())


def sent_reports(home: Home) -> SentReports:
    """As of now."""
    return SentReports.fold(home.log.entries(*OF_REPORTS))


def of_slip(home: Home, typed: str) -> SentReport:
    """What the number on a slip is about.

    Raises:
        InputError: `bad-slip`, `unknown-slip`.
    """
    wanted = tidy_slip(typed)
    sent = sent_reports(home).sent.values()
    home.people.preload(PersonRef(one.recipient) for one in sent)
    found = [one for one in sent if _has_number(home, one, wanted)]
    if len(found) != 1:
        raise InputError("unknown-slip", "no report that went to anybody has this slip", "--slip",
                         "compare it with the slip; else give --student and --from")  # fmt: skip
    return found[0]


def _has_number(home: Home, one: SentReport, wanted: str) -> bool:
    try:
        return slip_number(home, one.report, one.version, one.recipient) == wanted
    except KeyError:  # erased: their slips say nothing any more
        return False
