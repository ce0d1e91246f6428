"""A school year as a district lives it, from the summer before to the summer after, by the commands and flows alone.

Families are told apart by their number. Of all that happens, each of these happens to one of the first six:
0 a father whom an order bars in February; 1 a student who turns 18 in November; 2 a mark that is corrected; 3 erased in
May; 4 a mailbox that refuses; 5 a report that is with somebody else. Of a whole district many more ask something, all
six periods have reports, and more nights pass.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyotp
from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.schemas import retention
from termpost.tasks.lake.connection import hold_lake

from tests.flows.living_school import Living
from tests.flows.year_district import (
    GRADING,
    PERIODS,
    SUBJECTS,
    TEACHERS,
    YearDistrict,
    calendar,
    father,
    mailbox,
    mother,
    student,
)
from tests.school import Phone, new_home
from tests.services.smtp_server import Authority, SmtpService, use_relay

ZONE = ZoneInfo("America/Chicago")
FATHER_BARRED, OF_AGE, CORRECTED, ERASED, NO_MAIL, MISLAID = range(6)
STARTER = Path(retention.__file__).parents[1] / "settings" / "starter" / "retention.toml"
# what families asked goes a month after it was closed, and not a year
KEPT_SHORTER = STARTER.read_text().replace('for = "1 year"', 'for = "30 days"')
WORDS = "Wherefore the zwieback"  # of family 3, and of nobody else


def when(day: str, hour: int = 10) -> datetime:
    """By the school's clock."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=ZONE).astimezone(ZoneInfo("UTC"))


@dataclass
class LivedYear(Living):
    """The district and its home, which moves."""

    district: YearDistrict = field(default_factory=lambda: YearDistrict(6))
    folder: Path = Path()
    held: ExitStack = field(default_factory=ExitStack)  # one lake for everything that is typed

    @property
    def is_whole_district(self) -> bool:
        """Else a few families live through what happens, and no more."""
        return self.district.families > 12

    @property
    def slip(self) -> Path:
        """The recovery key on paper."""
        return self.folder / "slip.txt"

    @contextmanager
    def elsewhere(self, home: Path) -> Iterator[None]:
        """The home is moved meanwhile, and nothing of it is open."""
        self.held.close()
        home.parent.mkdir(parents=True)
        yield
        self.home = home
        self.held.enter_context(hold_lake(self.open().lake))

    def on(self, day: str, hour: int = 10) -> None:
        """Time goes on to that day, never back."""
        moment = when(day, hour)
        assert self.as_of
        assert moment.date() >= self.as_of.date(), day
        self.as_of = max(moment, self.as_of)

    def nights(self, *days: str) -> None:
        """`keep-records`, `watch-deadlines` and `handle-feedback`, on these days."""
        for day in days:
            self.on(day, 8)
            self.keep_records(full=day.endswith("-01"))
            self.watch()
            self.feedback()

    def reports(self, period: str, *, prepared: str, released: str, prefect: bool = False) -> None:
        """A cycle, prepared on its day and let out on another."""
        self.makes(period, prepared, prefect=prefect)
        self.on(released, 9)
        self.release(cycle=period, prefect=prefect, code=self.phone.code())

    def makes(self, period: str, day: str, *, correct: tuple[str, ...] = (), prefect: bool = False) -> None:
        """What the gradebook has on the day becomes reports."""
        self.on(day, 9)
        extract = self.district.write(self.folder / "extracts" / f"{period}-{day}", max(day, PERIODS[period][2]))
        self.prepare(extract, cycle=period, correct=correct, prefect=prefect)

    def asks(self, family: int, day: str, kind: str = "question", text: str = "Why is this so?") -> str:
        self.on(day)
        said = self.types("feedback", "add", "--student", student(family), "--from", mother(family), "--kind", kind,
                          "--via", "phone", "--text", text)  # fmt: skip
        return str(said["id"])

    def district_asks(self, day: str) -> None:
        """Every tenth family asks, and three of four have an answer."""
        asked = [self.asks(family, day) for family in range(10, self.district.families, 10)]
        for later in range(3):  # of four the last is never answered
            for query in asked[later::4]:
                self.answers(query, f"2022-04-{11 + later}")

    def answers(self, query: str, day: str) -> None:
        self.on(day)
        self.acts("mlopez", "feedback", "answer", query, "--text", "It is as it should be.")

    def rates(self, day: str, *ratings: int) -> None:
        self.on(day)
        for family, rating in enumerate(ratings):
            self.types("feedback", "add", "--student", student(family), "--from", mother(family), "--kind", "rating",
                       "--rating", rating, "--text", f"So {rating}.")  # fmt: skip

    def signs_off(self, period: str, day: str, *staff: str) -> None:
        self.on(day)
        semester = PERIODS[period][0]
        for who in staff:
            for subject in SUBJECTS:
                class_id = f"{TEACHERS[who]}-{semester}-{subject[:3]}"
                self.acts(who, "grades-complete", "--cycle", period, "--class", class_id)

    def incident(self, day: str) -> None:
        """A report lies with somebody else; the authority and those concerned are told."""
        self.on(day)
        note = self.folder / "note.txt"
        note.write_text("It lay in another family's envelope.")
        who = self.ref(student(MISLAID))
        (report,) = {one.report for one in self.entries("released") if (one.student, one.cycle) == (who, "gp4")}
        said = self.acts("mlopez", "incident", "open", "--cause", "wrong-recipient", "--report", report, "--note-file",
                         note)  # fmt: skip
        case = said["case"]
        self.acts("phead", "incident", "report", case)
        self.acts("phead", "incident", "tell", case, "--out", self.folder / "letters.pdf")
        self.acts("mlopez", "incident", "close", case, "--cause", "contained")

    def request(self, family: int, received: str, given: str) -> None:
        """Access to the records, asked for and given."""
        about = ("records", "access", student(family), "--for", mother(family))
        self.on(received)
        self.acts("mlopez", *about, "--received", received)
        self.on(given)
        self.acts("mlopez", *about, "--out", self.folder / f"packet-{family}.html")

    def retain(self, day: str) -> None:
        """What families asked in autumn goes: two people approve the list."""
        self.on(day)
        listed = self.types("records", "retain", "--list", self.folder / "due.csv")
        assert listed["due"]
        first, second = (self.phones[who] for who in ("mlopez", "phead"))
        with first.is_the_time():
            second.now = first.now
            self.types("records", "retain", "--digest", listed["digest"], "--by", "mlopez", "--otp", first.code(),
                       "--second", "phead", "--second-otp", second.code())  # fmt: skip

    def restore(self, day: str) -> None:
        """The disk is lost but for the store; the home comes back from the backup in another folder."""
        self.on(day)
        self.slip.write_text(self.types("backup", self.folder / "may.backup")["recovery_key"])
        lost, new = self.home, self.folder / "new" / "home"
        with self.elsewhere(new):
            new.mkdir()
            shutil.move(lost / "vault", new / "vault")
            shutil.rmtree(lost)
            line = ("restore", self.folder / "may.backup", "--key-file", self.slip, "--json", "--home", new,
                    "--as-of", self.told)  # fmt: skip
            said = CliRunner().invoke(termpost, [str(word) for word in line], standalone_mode=False)
            assert said.exception is None, said.exception

    def exported(self) -> list[dict[str, Any]]:
        """The lines of `log export`."""
        said = self._typed("log", "export")
        assert said.exception is None
        return [json.loads(line) for line in said.stdout.splitlines()]


def summer(year: LivedYear) -> None:
    """Who is registered, and how the house is set up."""
    year.on("2021-06-15")
    for who, role, record in (("nguyen", "teacher", "T-north"), ("brown", "teacher", "T-south"),
                              ("phead", "head", None), ("kbell", "office", None)):  # fmt: skip
        said = year.acts("mlopez", "staff", "add", who, "--name", who.title(), "--role", role,
                         *(("--teacher-id", record) if record else ()))  # fmt: skip
        year.phones[who] = Phone(pyotp.parse_uri(said["otpauth"]).secret, year.phone.now)
    year.on("2021-08-16")
    year.acts("nguyen", "policy", "acknowledge")
    year.acts("kbell", "policy", "acknowledge")


def autumn(year: LivedYear) -> None:
    """The first semester: Thanksgiving, a birthday, a correction, the winter break."""
    if year.is_whole_district:
        year.reports("gp1", prepared="2021-09-27", released="2021-10-01")
        year.nights("2021-10-04", "2021-11-01")
        year.district.unknown = {student(NO_MAIL)}  # nobody has entered the contacts yet
        year.reports("gp2", prepared="2021-11-08", released="2021-11-15")  # Friday passed
        year.district.unknown = set()
        over_thanksgiving = [year.asks(family, "2021-11-22") for family in (0, 7)]
        for query, day in zip(over_thanksgiving, ("2021-12-02", "2021-12-10"), strict=True):
            year.answers(query, day)
    year.makes("gp3", "2021-12-11")
    year.signs_off("gp3", "2021-12-11", "nguyen", "brown")
    year.on("2021-12-17", 9)
    year.release(cycle="gp3", code=year.phone.code())
    in_time, late = year.asks(ERASED, "2021-12-17", text=WORDS), year.asks(CORRECTED, "2021-12-17", "correction")
    year.nights("2021-12-17")
    year.answers(in_time, "2022-01-06")  # the holidays are no days of the clock
    # the mark was typed wrongly, and the family has a corrected report
    year.district.scores[(student(CORRECTED), f"{year.district.school_of(CORRECTED)}-sem1-Eng-gp3")] = "99"
    year.makes("gp3", "2022-01-07", correct=(student(CORRECTED),))
    year.release(cycle="gp3", code=year.phone.code())
    year.answers(late, "2022-01-14")


def winter(year: LivedYear) -> None:
    """The fourth period: an order of a court, a relay that refuses, meetings, an incident."""
    year.district.barred = {father(FATHER_BARRED)}
    for family in range(NO_MAIL, year.district.families, 12):
        year.relay.always[mailbox(mother(family))] = "550 5.1.1 No such mailbox"
    year.reports("gp4", prepared="2022-02-14", released="2022-02-18", prefect=True)
    year.relay.always.clear()
    query = year.asks(0, "2022-02-22", "meeting", "A Thursday, please.")
    year.types("meetings", "available", "--by", "nguyen", "--room", "204", "--on", "2022-03-03", "--at", "15:00",
               "--until", "16:00")  # fmt: skip
    year.acts("nguyen", "feedback", "meet", query, "--with", "nguyen")
    year.acts("mlopez", "meetings", "book", query, "--slot", 1)
    year.nights("2022-03-01")
    year.on("2022-03-04")
    year.acts("nguyen", "meetings", "held", query)
    year.asks(CORRECTED, "2022-03-07")  # never answered
    year.incident("2022-03-09")


def spring(year: LivedYear) -> None:
    """The fifth period: requests, and the home moves to another folder."""
    if year.is_whole_district:
        year.reports("gp5", prepared="2022-04-04", released="2022-04-08")
        year.district_asks("2022-04-11")
    year.request(0, received="2022-04-13", given="2022-04-14")
    moved = year.folder / "elsewhere" / "school"
    with year.elsewhere(moved):
        shutil.move(year.home, moved)
    year.request(2, received="2022-04-18", given="2022-05-03")


def may(year: LivedYear) -> None:
    """Somebody is erased, records are let go, and the home is lost and comes back."""
    for query in year.types("feedback", "list", "--open"):
        if query["student"] == student(ERASED):
            year.acts("mlopez", "feedback", "close", query["id"], "--reason", "withdrawn")
    year.on("2022-05-04")
    plan = year.types("records", "erase", student(ERASED))
    assert plan["against"], "in the United States a duty must be named"
    (record,) = year.acts("mlopez", "records", "erase", student(ERASED), "--duty", "court-order", "--reason", "duty")
    assert all(place["own"] == 0 for place in record["places"])
    year.retain("2022-05-05")
    year.restore("2022-05-09")
    year.makes("gp6", "2022-05-21")  # the gradebook still has whom the home erased: held, and the office asks there
    year.signs_off("gp6", "2022-05-21", "nguyen")  # the north's week begins, two days before that of the south
    week = {one["school"]: one["due"] for one in year.types("deadlines") if one["code"] == "final-report"}
    assert week == {"north": "2022-05-28", "south": "2022-05-30"}
    if year.is_whole_district:
        year.district.gone = {student(ERASED)}
        year.makes("gp6", "2022-05-23")
    year.on("2022-05-29", 9)
    year.release(cycle="gp6", code=year.phone.code())
    year.rates("2022-06-01", *((5, 4, 5, 5, 4, 1) * 5)[: min(20, year.district.families)])
    if year.is_whole_district:
        year.nights("2022-06-02", "2022-06-24")
    year.nights("2022-07-01")  # in full; landing is empty after thirty days


def lived(year: LivedYear) -> None:
    """All of it."""
    for season in (summer, autumn, winter, spring, may):
        season(year)


@contextmanager
def district_home(folder: Path, families: int, trusted: Authority, relay: SmtpService) -> Iterator[LivedYear]:
    """The home of the district, before the year."""
    folder.mkdir()
    home = new_home(folder / "home")
    (home / "calendar.toml").write_text(calendar())
    (home / "grading.toml").write_text(GRADING)
    use_relay(home, trusted, relay.port)
    (home / "retention.toml").write_text(KEPT_SHORTER)
    year = LivedYear(home, as_of=when("2021-06-15"), relay=relay, folder=folder, district=YearDistrict(families))
    year.phone = year.register()
    year.phones["mlopez"] = year.phone
    year.held.enter_context(hold_lake(year.open().lake))
    with year.held:
        yield year
