"""A small school as its families meet it: a real portal and relay, one clock for everybody, and commands as typed.

Camille is Lisa's and Fannie's mother, and most of the story is hers. Lisa's father is barred after his page was sent;
an agency's agreement for Kyle ends on the day after the release; five more guardians of Fannie read other languages.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from click.testing import CliRunner, Result
from playwright.sync_api import Browser, BrowserContext, Page, expect
from termpost.flows import handle_feedback as feedback_module
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.door import DoorContent
from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.channels.portal.app import portal
from termpost.tasks.channels.portal.door.locator import door_place, locator_of
from termpost.tasks.channels.portal.door.reopen_door import reopen_door
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.lake.connection import hold_lake

from tests.flows.district import Prefect
from tests.flows.personal import found, people_of
from tests.portal_server import listening, serving
from tests.school import (
    FANNIE,
    FATHER,
    KYLE,
    LISA,
    MOTHER,
    OTHER,
    SCHOOL_ID,
    Extract,
    Phone,
    Prepared,
    School,
    new_school,
    small_extract,
)
from tests.services.smtp_server import Authority, SmtpService, use_relay
from tests.tasks.feedback.meetings.ical_reader import Part, read
from tests.taught_school import HERS, NGUYEN

ZONE = ZoneInfo("America/Chicago")
RELEASE = datetime(2022, 1, 14, 8, tzinfo=ZONE).astimezone(UTC)  # a Friday; Monday is Martin Luther King's day
AGENCY, AGREEMENT_ENDS = "A900", "2022-01-15"
SPEAKERS = {language: f"G90{number}" for number, language in enumerate(("es", "fr", "zh-Hans", "ar", "uk"))}
MAILS = {MOTHER: "camille@families.example.org", OTHER: "other@families.example.org",
         FATHER: "father@families.example.org", AGENCY: "agency@families.example.org"}  # fmt: skip
TEACHERS, OFFICES, HEADS = (f"{who}@grand-bend.example.org" for who in ("nguyen", "office", "head"))
SAID = ("sonnet", "thursdays suit", "short and clear", "marked on tuesday", "it counts now", "lisa", "medina")
SETTINGS = f"""
[feedback]
acknowledge = true
office_mail = "{OFFICES}"
head_mail = "{HEADS}"
"""

HOURS = dict.fromkeys(("en", "es", "fr", "zh-Hans", "ar", "uk", "vi"), "08:00–16:30")


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """By the school's clock, in 2022."""
    return datetime(2022, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@dataclass
class SchoolClock:
    """The school's one clock, as the portal reads it."""

    school: School

    def now(self) -> datetime:
        return self.today()

    def today(self) -> datetime:
        assert self.school.as_of
        return self.school.as_of

    @property
    def told(self) -> datetime | None:
        return self.school.as_of


@dataclass
class Living(Prepared):
    """The school, with what its people do and see."""

    relay: SmtpService = field(default_factory=SmtpService)
    base: str = ""
    phones: dict[str, Phone] = field(default_factory=dict)

    # what the school does

    def types(self, *words: object) -> Any:
        """A command with `--json`; what it said."""
        said = self._typed(*words)
        assert said.exception is None, (words, said.exception)
        return json.loads(said.stdout)

    def acts(self, staff: str, *words: object) -> Any:
        """The same by somebody who shows who they are."""
        with self.phones[staff].is_the_time():
            return self.types(*words, "--by", staff, "--otp", self.phones[staff].code())

    def refusal(self, staff: str, *words: object) -> str:
        """The code by which it is refused."""
        with self.phones[staff].is_the_time():
            said = self._typed(*words, "--by", staff, "--otp", self.phones[staff].code())
        assert isinstance(said.exception, InputError), words
        return said.exception.code

    def _typed(self, *words: object) -> Result:
        line = [*map(str, words), "--json", "--home", str(self.home), "--as-of", self.told or ""]
        return CliRunner().invoke(termpost, line, standalone_mode=False)

    def runs(self, when: datetime, *, prefect: bool = False) -> None:
        """`handle-feedback` at that instant, as it runs every quarter of an hour."""
        assert self.as_of
        assert when >= self.as_of
        self.as_of = when
        if prefect:
            feedback_module.handle_feedback(str(self.home), self.told)
        else:
            self.feedback()

    def thread(self, query: str) -> QueryThread:
        return threads_of(self.open())[query]

    def threads(self) -> list[QueryThread]:
        """Oldest first."""
        return list(threads_of(self.open()).values())

    def newest(self) -> QueryThread:
        return self.threads()[-1]

    # what people get

    def mails(self, address: str) -> list[EmailMessage]:
        return [message_from_bytes(one, policy=policy.default) for one in self.relay.boxes[address]]

    def text(self, address: str) -> str:
        """All that the last mail says in words."""
        return _words_of(self.mails(address)[-1])

    def newest_invitation(self, address: str) -> Part:
        """The iCalendar object of the last mail that has one."""
        parts = [part for one in self.mails(address) for part in one.walk()]
        calendars = [part.get_payload(decode=True) for part in parts if part.get_content_type() == "text/calendar"]
        assert isinstance(calendars[-1], bytes)
        return read(calendars[-1])

    def door(self, contact: str) -> DoorContent:
        home, code = self.open(), self.code(contact)
        return reopen_door(home.store.get(door_place(locator_of(code))), code).content

    def code(self, contact: str) -> str:
        return code_of(self.open(), self.ref(contact))

    def context(self, browser: Browser, language: str = "en") -> BrowserContext:
        return browser.new_context(viewport={"width": 390, "height": 844}, locale=language)

    def unlocked(self, context: BrowserContext, contact: str) -> Page:
        """A new tab of a phone, in which the door was opened with the person's code."""
        assert self.as_of
        tab = context.new_page()
        tab.clock.set_fixed_time(self.as_of)
        tab.goto(self.base + "/")
        tab.locator("#code").fill(self.code(contact))
        tab.keyboard.press("Enter")
        expect(tab.locator("#home:visible")).to_be_visible()
        return tab

    # what must be so at the end

    def is_whole(self) -> None:
        """`log verify --full`."""
        assert self.types("log", "verify", "--full")["ok"]

    def told_nobody(self, prefect: Prefect) -> None:
        """No name and no word in an entry of the log, in Prefect, or in any mail."""
        prefect.settled()
        texts = [("log", entry.model_dump_json()) for entry in self.entries()]
        texts += [("mail", f"{one['Subject']} {_words_of(one)}") for box in self.relay.boxes for one in self.mails(box)]
        rows = [(table, str(prefect.rows(table))) for table in prefect.tables()]
        assert [one for one in found(texts, people_of(self.extract)) if one[1] != "other"] == []
        for place, text in (*texts, *rows):
            low = text.lower()
            assert [words for words in SAID if words in low] == [], place


def _words_of(one: EmailMessage) -> str:
    return " ".join(part.get_content() for part in one.walk() if part.get_content_maintype() == "text")


def living_extract(folder: Path) -> Extract:
    """Everybody of the story, with the addresses that the record has."""
    extract = small_extract(folder)
    (row, *_) = (row for row in extract.read("supplement/contacts.csv") if row["studentSourcedId"] == KYLE)
    plain = row | {"isPrimary": "false", "livesWith": "false"}
    extract.add("users.csv", sourcedId=NGUYEN, enabledUser="true", orgSourcedIds=SCHOOL_ID, role="teacher",
                givenName="Kim", familyName="Nguyen", email=TEACHERS)  # fmt: skip
    extract.add("enrollments.csv", sourcedId=f"{HERS}-{NGUYEN}", classSourcedId=HERS, schoolSourcedId=SCHOOL_ID,
                userSourcedId=NGUYEN, role="teacher")  # fmt: skip
    _adult(extract, AGENCY, "Riverbend", KYLE)
    extract.add("supplement/contacts.csv", **plain | {
        "contactSourcedId": AGENCY, "relation": "Agency", "agreementUntil": AGREEMENT_ENDS})  # fmt: skip
    for language, ref in SPEAKERS.items():
        _adult(extract, ref, "Guardian", FANNIE)
        extract.add("supplement/contacts.csv", **plain | {
            "studentSourcedId": FANNIE, "contactSourcedId": ref, "relation": "Guardian", "legalGuardian": "true",
            "preferredLanguage": language})  # fmt: skip
    for contact, address in MAILS.items():
        extract.change("users.csv", {"sourcedId": contact}, email=address)
    return extract


def _adult(extract: Extract, ref: str, name: str, child: str) -> None:
    extract.add("users.csv", sourcedId=ref, enabledUser="true", orgSourcedIds=SCHOOL_ID, role="guardian",
                givenName="Alex", familyName=f"{name}-{ref}")  # fmt: skip
    (agents,) = (row["agentSourcedIds"] for row in extract.read("users.csv") if row["sourcedId"] == child)
    extract.change("users.csv", {"sourcedId": child}, agentSourcedIds=f"{agents},{ref}".strip(","))


@contextmanager
def living(folder: Path, trusted: Authority, relay: SmtpService) -> Iterator[Living]:
    """Released on Friday at eight, and served until the end of the block."""
    with listening() as socket:
        new = new_school(folder / "home")
        school = Living(new.home, new.phone, RELEASE, living_extract(folder / "extract"), relay)
        school.base = f"http://127.0.0.1:{socket.getsockname()[1]}"
        use_relay(school.home, trusted, relay.port)
        path = school.home / "termpost.toml"
        path.write_text(path.read_text().replace("https://portal.grand-bend.example", school.base) + SETTINGS)
        roles = (("nguyen", "teacher", NGUYEN), ("phead", "head", None))
        school.phones = {who: school.register(who, role, record) for who, role, record in roles}
        school.phones["mlopez"] = school.phone
        school.prepare(school.extract)
        school.release()
        bar_the_father(school)
        shutil.copytree(school.home, folder / "kept")
        home = school.open()
        # one lake for what is typed and what runs of itself every quarter of an hour
        with hold_lake(home.lake), serving(portal(home.settings, home.store, SchoolClock(school), hours=HOURS), socket):
            yield school


def bar_the_father(school: Living) -> None:
    """The record says so on the same day, after his page was sent."""
    (page,) = school.store.list(f"sealed/{school.ref(FATHER)}/")
    (school.home.parent / "saved.html").write_bytes(school.store.get(page))
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER, "studentSourcedId": LISA},
                          contactRestrictions="no-contact", restrictionDocument="Court order 7",
                          restrictionDocumentDate="2022-01-10")  # fmt: skip
    school.as_of = at(1, 14, 9)
    school.prepare(school.extract)


def copied(school: Living, folder: Path) -> Living:
    """A school of one's own, as the other one was on the day of the release."""
    shutil.copytree(school.home.parent / "kept", folder / "home")
    shutil.copytree(school.extract.folder, folder / "extract")
    made = Living(folder / "home", school.phone, at(1, 14, 16), Extract(folder / "extract"), school.relay, school.base)
    made.phones = school.phones
    return made
