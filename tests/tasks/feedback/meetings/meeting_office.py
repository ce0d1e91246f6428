"""What tests of meetings do again and again: a family asks, times are offered, a page posts a booking."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.message import (
    SAID_FORMAT,
    SLOTS_TAKEN,
    ArrivedMessage,
    FamilyMessage,
    PostedMessage,
)
from termpost.schemas.documents.feedback.staff_times import MeetingSlot, StaffAvailability
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.meetings.meeting_states import MeetingState
from termpost.schemas.log.rights_decision import RightsDecision, RightsFinding
from termpost.tasks.feedback.meetings.all_meetings import open_book
from termpost.tasks.feedback.meetings.availability import availability_of, keep_availability, open_time
from termpost.tasks.feedback.meetings.offers import MeetingOffer, offer_times
from termpost.tasks.feedback.meetings.take_bookings import take_bookings
from termpost.tasks.feedback.queries import NewQuery, receive
from termpost.tasks.home.home import Home
from termpost.tasks.rights.rights_decisions import keep_rights_decision

from tests.school import DAY, FATHER, LISA, MOTHER, Prepared

TUESDAY = date(2021, 12, 21)  # four days after the school's day, an office day
TEACHER = "mlopez"


@dataclass
class Letters:
    """Opens the messages that it was told of: what the door's keys do, is tested where they are."""

    said: dict[str, tuple[FamilyMessage, str]] = field(default_factory=dict)

    def open_message(self, _home: Home, posted: PostedMessage) -> FamilyMessage:
        if posted.id not in self.said:
            raise InputError("does-not-open", "it does not open", "inbox", "nothing to do")
        return self.said[posted.id][0]

    def who_sent(self, _home: Home, posted: PostedMessage) -> str:
        return self.said[posted.id][1]


@dataclass
class MeetingOffice:
    """One school and what its families post."""

    school: Prepared
    letters: Letters = field(default_factory=Letters)

    @property
    def home(self) -> Home:
        return self.school.open()

    def can_meet(
        self,
        day: date = TUESDAY,
        at: str = "15:00",
        until: str = "16:20",
        staff: str = TEACHER,
        *,
        any_hour: bool = False,
    ) -> None:
        home = self.home
        known = availability_of(home, staff)
        hours = open_time(home.calendar, day, time.fromisoformat(at), time.fromisoformat(until), any_hour=any_hour)
        keep_availability(home, "test", staff, known.model_copy(update={"open": (*known.open, hours), "room": "204"}))

    def says(self, staff: str = TEACHER, **about: object) -> None:
        home = self.home
        known = availability_of(home, staff)
        keep_availability(home, "test", staff, StaffAvailability.model_validate({**dict(known), **about}))

    def asks(self, student: str = LISA, contact: str = MOTHER, text: str = "May we talk?") -> str:
        """A family asks to meet, on paper."""
        home, school = self.home, self.school
        new = NewQuery("meeting", "paper", text, home.clock.today(), school.ref(student), school.ref(contact))
        query, entries = receive(home, new)
        home.log.append("test", entries)
        return query

    def offers(self, query: str, count: int = 3, **about: object) -> list[MeetingSlot]:
        offer = MeetingOffer(**{"staff": TEACHER, "by": TEACHER, "count": count, **about})  # type: ignore[arg-type]
        return offer_times(self.home, "test", query, offer)

    def posts(
        self, slot: str, contact: str = MOTHER, query: str | None = None, minutes: int = 0, **about: object
    ) -> str:  # fmt: skip
        """A page takes a time, as the portal lays it there; gives the key. Taken before: FileExistsError."""
        arrived = self.message(slot, contact, query, minutes, **about)
        key = f"{SLOTS_TAKEN}{slot}.json"
        self.home.store.put(key, arrived.model_dump_json().encode(), once=True)
        return key

    def message(
        self, slot: str, contact: str, query: str | None = None, minutes: int = 0, **about: object
    ) -> ArrivedMessage:  # fmt: skip
        said = {"format": SAID_FORMAT, "kind": "slot", "language": "en", "slot": slot, "query": query, **about}
        posted = PostedMessage(
            format="termpost.message/1", place=f"door/{secrets.token_hex(16)}", id=secrets.token_hex(16), slot=slot,
            ephemeral=base64.b64encode(secrets.token_bytes(65)).decode(), data="AAAA=",
            signature=secrets.token_hex(64),
        )  # fmt: skip
        self.letters.said[posted.id] = (FamilyMessage.model_validate(said), self.school.ref(contact))
        return ArrivedMessage(at=DAY + timedelta(minutes=minutes), message=posted)

    def collects(self) -> dict[str, int]:
        return dict(take_bookings(self.home, "test", self.letters))

    def state(self, query: str) -> MeetingState:
        return open_book(self.home).state(query)

    def markers(self) -> set[str]:
        return {key.removeprefix("slots/") for key in self.home.store.list("slots/")}

    def events(self, query: str) -> list[str]:
        """What the log has of one meeting since it was asked for, in order."""
        return [entry.reason or "" for entry in self.entries() if entry.query == query]

    def entries(self) -> list[Logged]:
        return [entry for entry in self.home.log.entries("meeting") if (entry.reason, entry.cause) != ("wanted", None)]

    def decides(self, finding: RightsFinding, contact: str = FATHER, student: str = LISA) -> None:
        decision = RightsDecision(
            finding=finding, basis="court-order", document="C-17", by=TEACHER, dated=date(2021, 1, 4)
        )
        keep_rights_decision(self.home, "test", self.school.ref(student), self.school.ref(contact), decision)

    def note(self, query: str, reason: str, **about: object) -> None:
        entry = Entry.model_validate({"kind": "meeting", "query": query, "reason": reason, **about})
        self.home.log.append("test", [entry])


def local(office: MeetingOffice, slot: MeetingSlot) -> datetime:
    """By the school's clock, without its zone."""
    return slot.starts.astimezone(office.home.calendar.zone).replace(tzinfo=None)
