"""What a channel is: is it open to this recipient, prepare, reopen, deliver, and what came of it.

Each channel is a package beside this module; its `channel.py` has one object, `CHANNEL`, which the registry finds by
the name. Whoever drives channels asks none of them which one it is: what differs is what it answers here.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.documents.parcel import Parcel, ParcelReport, Plan
from termpost.schemas.log.cycle_state import ARRIVED, COMES_BACK, CycleState
from termpost.schemas.log.published_objects import PublishedDelivery, Visible
from termpost.tasks.documents.verify.printed_slips import expected_slip
from termpost.tasks.documents.verify.verification_numbers import expected_number
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.school_words import HomeWords
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.rights.contact_methods import ContactMethods, Reachability
from termpost.tasks.secrets.verification import VERIFICATION


class Channel(ABC):
    """One way by which reports reach people. Without more it is open or not, and nothing goes out by it."""

    name: ClassVar[ChannelName]
    by_post: ClassVar[bool] = False  # for whom only post is allowed, or who asks for paper: then nothing else is used
    carries_reports: ClassVar[bool] = False  # the reports themselves, not the word that they are there
    is_page: ClassVar[bool] = False  # recipients open it for themselves, for as long as it is not taken back
    probed_as: ClassVar[str] = ""  # what `doctor` calls the way out

    @abstractmethod
    def is_open(self, reach: Reachability) -> bool:
        """Whether it can be used for a recipient, about one student. Asked for every child in a parcel."""

    def is_left(self, state: CycleState, delivery: str) -> bool:
        """What came of it: whether the next release has something left to do.

        What a person took back stays so; what was taken back with a right goes out when the right is there again.
        """
        last = state.deliveries.get(delivery)
        return state.reasons[delivery] in COMES_BACK if last == "withdrawn" else last not in ARRIVED

    def probe(self, home: Home, wait: float) -> str | None:  # noqa: ARG002 - most have no way out that can be tried
        """Tries the way out, for so many seconds; says that it is as it should be. None: there is nothing to try.

        Raises:
            InputError, RetryableError: what is wrong with it.
        """
        return None


@dataclass(frozen=True)
class ParcelContents:
    """A parcel with all that goes into it, and the people it is about. Personal: it stays in memory."""

    home: Home
    cycle: str
    parcel: Parcel
    identity: ContactIdentity  # of the recipient
    students: Mapping[PersonRef, StudentIdentity]
    school_names: Mapping[str, str]
    renditions: Sequence[tuple[bytes, bytes]]  # page and PDF of each report, as approved
    code: str  # opens what is sealed
    link: str  # where the same is read on a screen; empty: nowhere
    cycle_title: str = ""  # as the report's, in the recipient's language; empty: not known
    words: HomeWords = field(default_factory=dict)  # the school's own, in other languages
    inserts: Sequence[tuple[bytes, bytes] | None] = ()  # the same of what goes along with each report; None: nothing

    @property
    def with_inserts(self) -> list[tuple[ParcelReport, tuple[bytes, bytes]]]:
        """The reports that something goes along with, each with its page and PDF."""
        return [(report, insert) for report, insert in zip(self.parcel.reports, self.inserts, strict=False) if insert]

    def name_on(self, report: ParcelReport) -> str:
        """The student's name as it stands beside the report, with the mark that the law of the place wants there."""
        name = self.students[PersonRef(report.student)].name
        if not report.not_for_enrolment:
            return name
        mark = translator_for(self.parcel.language).text("records", "not_for_enrolment")
        return f"{name} · {mark}"

    def insert_title(self, report: ParcelReport) -> str:
        """What stands above the document that goes along with a report: in this envelope, and nowhere outside it."""
        title = translator_for(self.parcel.language).text("insert", "title")
        return f"{self.students[PersonRef(report.student)].name} · {title}"


@dataclass(frozen=True)
class ExpectedParcel:
    """What the record says of a parcel, for whoever reopens it."""

    home: Home
    parcel: Parcel
    identity: ContactIdentity | None
    code: str
    has_link: bool  # whether the same is read on a screen

    @property
    def numbers(self) -> tuple[str | None, ...]:
        """By which number a copy of each report is verified, made once more; None: it carries none."""
        secret = self.home.keys.derive(VERIFICATION)
        return tuple(
            expected_number(secret, one.report, one.version) if one.is_verifiable else None
            for one in self.parcel.reports
        )

    @property
    def slips(self) -> frozenset[str]:
        """The numbers of the slips that their letter must have, made once more."""
        asks, key = self.home.settings.feedback.asks_to_acknowledge, self.home.people.key
        recipient = PersonRef(self.parcel.recipient)
        return frozenset(
            expected_slip(key(recipient), one.report, one.version) for one in self.parcel.reports if asks(one.rule)
        )


class FileChannel(Channel):
    """A channel that puts a file where recipients or the office find it. What is there already is put there again."""

    carries_reports = True
    file: ClassVar[str]  # its name before anybody can see it
    arrives_as: ClassVar[Literal["delivered", "sent"]]  # sent: whether it arrives, somebody else knows
    failures: ClassVar[frozenset[str]] = frozenset()  # errors that are a failed delivery, and not the end of the run
    counted_as: ClassVar[str]  # what a withdrawal calls the files

    @abstractmethod
    def prepare(self, contents: ParcelContents) -> bytes:
        """The file. The same contents give the same bytes."""

    @abstractmethod
    def reopen(self, file: bytes, code: str) -> set[str]:
        """Law 13: the numbers of all students in it, by code that shares nothing with what prepared it; with `+` before
        it, of what goes along with a report.

        Raises:
            InputError: it does not open, or a page does not say whose it is.
        """

    @abstractmethod
    def compare(self, file: bytes, expected: ExpectedParcel) -> None:
        """Whether all else in it is as it should be, once the students are.

        Raises:
            Refused: it is not.
        """

    @abstractmethod
    def place(self, home: Home, cycle: str, parcel: Parcel) -> str:
        """Store key where it becomes visible."""

    def lies_open(self, state: str, reason: str) -> bool:  # noqa: ARG002 - of a page, as long as it is not taken back
        """Whether a file can still be taken back whose delivery stands so."""
        return True

    @abstractmethod
    def take_back(self, home: Home, run: str, actor: str, taken: "TakenFile") -> bool:
        """Makes a file say what the log says: that reports in it were taken back. Whether anything had to change.

        Running it again changes nothing.
        """

    @abstractmethod
    def said_of_withdrawn(self, count: int) -> str:
        """`3 pages say so`."""

    def link(self, home: Home, parcel: Parcel) -> str:  # noqa: ARG002 - only a page has one
        """Where a recipient opens it; empty where that is nowhere."""
        return ""


@dataclass(frozen=True)
class TakenFile:
    """One file in which something was taken back."""

    key: str
    shown: Sequence[PublishedDelivery]  # every delivery in it
    seen: Visible
    codes: AccessCodes

    @property
    def gone(self) -> frozenset[str]:
        """The deliveries that were."""
        return frozenset(one.delivery for one in self.shown) & self.seen.withdrawn.keys()


class Addressee(NamedTuple):
    """A recipient as the plan has them, before anybody knows whether a message may go to them. Personal."""

    recipient: str
    methods: ContactMethods
    has_page: bool
    on_paper: bool  # by their own wish
    post_only: bool
    is_primary: bool  # is called first, for one of the students


class Message(Protocol):
    """What is handed over; nobody but the channel looks into it."""

    @property
    def message_id(self) -> str: ...


@dataclass(frozen=True)
class Outcome:
    """What became of a message. `later`: certainly not sent, the next run may try again."""

    message_id: str
    state: Literal["sent", "failed", "later", "uncertain"]
    reason: str = ""  # closed code; nothing for `sent`
    status: str = ""  # what the other side calls it, where it says (of e-mail: RFC 3463)


class Messenger(Protocol):
    """An open way out."""

    def send(self, messages: Sequence[Any]) -> Iterator[Outcome]:
        """An outcome for every message, as soon as it is known; each is handed over at most once."""


class MessageChannel(Channel):
    """A channel that hands messages over, saying that a page is there. None can be looked at again, or taken back.

    So the log has an intent for each before, in groups, and one without an outcome is never sent by itself.
    """

    group: ClassVar[int]  # messages at most whose fate a crash may leave open
    unwritable: ClassVar[str]  # reason where an address is on record to which no message can be written

    @abstractmethod
    def note(self, addressee: Addressee) -> Any:
        """What this channel must know of a recipient until the plan is whole."""

    @abstractmethod
    def settle(self, plan: Plan, notes: Sequence[Any], *, in_order: bool) -> Plan:
        """The plan with this channel in the parcels by which a message goes, and what was refused.

        Args:
            in_order: whether the institution has it among its channels.
        """

    @abstractmethod
    def sending(self, home: Home) -> AbstractContextManager[Messenger]:
        """Opens the way out. InputError where a person must fix something first."""

    @abstractmethod
    def address(self, person: ContactIdentity) -> str | None:
        """Where to; None where no message can be written to it."""

    @abstractmethod
    def prepare(
        self, home: Home, cycle: str, parcels: Sequence[Parcel], address: str, codes: AccessCodes, links: Sequence[str],
        *, rehearsal: bool,
    ) -> Message:  # fmt: skip
        """The message about the parcels of one mailbox, each with its own link. A rehearsal's has an id of its own, so
        that no mailbox takes the real one for a copy."""

    @abstractmethod
    def takes_rehearsal(self, home: Home, address: str) -> bool:
        """Whether a rehearsal of this channel goes to that address. InputError where it may not, or cannot."""
