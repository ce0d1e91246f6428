"""The clock by each way in: what the table says of an instant is what log and list say, whatever brought the query.

A message of a page and a mail lie there from that instant on and are collected long after; what comes on paper and by
phone is typed at it.
"""

import json
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.flows.commands import options
from termpost.schemas.base.clock import machine_now
from termpost.tasks.channels.email.mailbox.collect import collect_mailbox
from termpost.tasks.feedback.asking_facts import AskingFacts
from termpost.tasks.feedback.collect.inbox import collect_messages
from termpost.tasks.feedback.collect.mailbox import dated
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.slip_numbers import slip_number
from termpost.tasks.lake.connection import hold_lake

from tests.posted_messages import Family, opened
from tests.school import CYCLE, DAY, EXAMPLES, FATHER, LISA, Prepared
from tests.tasks.channels.email.mailbox.mails import mail, put, use_folder
from tests.tasks.channels.email.plain.told_school import take_in_again
from tests.tasks.feedback.clock_cases import CASES, OF_FEEDBACK, ClockCase, clock_cases

LEAST = 20
COLLECTED = datetime(2022, 12, 1, 18, tzinfo=UTC)
WAYS = ("portal", "email", "paper", "phone")
QUESTION = ("--kind", "question", "--text", "?", "--via")
MAIL = "father@families.example.org"


class Came(NamedTuple):
    """One query that the log has: by when it is answered, as it was written down and as the list says it."""

    calendar: str
    instant: datetime
    via: str
    due: str
    listed: str


@dataclass
class TurnedClock:
    """Turned by hand."""

    at: datetime

    def now(self) -> datetime:
        return machine_now()

    def today(self) -> datetime:
        return self.at

    @property
    def told(self) -> datetime:
        return self.at


def rows() -> list[ClockCase]:
    """All of the clock for the answer that lie after the reports were out."""
    return [one for one in clock_cases("due") if instant_of(one) > DAY]


def instant_of(case: ClockCase) -> datetime:
    return datetime.fromisoformat(case.first).astimezone(UTC)


def use_calendar(school: Prepared, name: str) -> None:
    """That of a school of the table, with the cycle of this one."""
    table = tomllib.loads((CASES / "calendars.toml").read_text())[name]
    own = {key: table.pop(key) for key in OF_FEEDBACK if key in table}
    cycles = (EXAMPLES / "grand-bend-home" / "calendar.toml").read_text().partition("[[cycle]]")
    lines = [f"{key} = {_toml(value)}" for key, value in table.items() if key != "cycle"]
    (school.home / "calendar.toml").write_text("\n".join([*lines, *cycles[1:]]))
    settings = school.home / "termpost.toml"
    kept = settings.read_text().partition("\n# by the table\n")[0]
    more = "".join(f"{key} = {_toml(value)}\n" for key, value in own.items())
    settings.write_text(f"{kept}\n# by the table\nmessages_per_day = 100\n{more}")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {json.dumps(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)


def test_what_the_table_says_log_and_list_say_by_each_way(school: Prepared) -> None:
    cases, folder, father = rows(), use_folder(school), Family(school, FATHER)
    assert len(cases) >= LEAST
    school.extract.change("users.csv", {"sourcedId": FATHER}, email=MAIL)
    take_in_again(school)
    came = set[Came]()
    for name, some in groupby(sorted(cases), lambda one: one.calendar):
        use_calendar(school, name)
        home = open_home(school.home, TurnedClock(DAY))
        # one opening of home, log and lake for the commands of a school: a test of the clock, not of opening
        with patch.object(options, "at_home", lambda *_, home=home, **__: home), hold_lake(home.lake):
            came |= set(brought(home, father, folder, list(some)))
    assert came == {
        Came(one.calendar, instant_of(one), via, one.expected, one.expected) for one in cases for via in WAYS
    }  # fmt: skip


def brought(home: Home, father: Family, folder: Path, some: list[ClockCase]) -> Iterator[Came]:
    """The rows of one school, each by each way; collected on a day on which all of them are late."""
    clock, report = home.clock, next(e for e in home.log.entries("planned") if e.recipient == father.school.ref(FATHER))
    assert isinstance(clock, TurnedClock)
    slip = slip_number(home, report.report or "", 1, father.school.ref(FATHER))
    before = len(threads_of(home))
    for number, one in enumerate(some):
        clock.at = instant_of(one)
        typed("add", *QUESTION, "paper", "--slip", slip)
        typed("add", *QUESTION, "phone", "--student", LISA, "--from", FATHER)
        father.post("question", text="?", at=clock.at, part=0)
        by_mail(folder, f"{one.calendar}-{number}", clock.at)
    clock.at = COLLECTED
    collect_messages(home, "test", opened)
    assert len(collect_mailbox(home, "test", dated(home)).taken) == len(some)
    listed = {one["id"]: one for one in typed("list")}
    until = AskingFacts.of(home).until(father.school.ref(FATHER), father.school.ref(LISA), CYCLE)
    assert {one.said("told") for one in some} <= {"", str(until)}
    for found in list(threads_of(home).values())[before:]:
        assert listed[found.id]["received"] == found.received.isoformat()
        yield Came(some[0].calendar, found.received, found.via, str(found.first_due), listed[found.id]["due"])


def typed(*words: str) -> Any:
    said = CliRunner().invoke(termpost, ["feedback", *words, "--json"], standalone_mode=False)
    assert said.exception is None, (words, said.exception)
    return json.loads(said.stdout)


def by_mail(folder: Path, name: str, instant: datetime) -> None:
    """As the school's server wrote it there; whoever wrote the mail dated it as they liked."""
    put(folder, f"{name}.eml", mail(MAIL, message_id=f"<{name}@x>", Date="Mon, 20 Dec 2021 08:00:00 +0000"))
    os.utime(folder / f"{name}.eml", (instant.timestamp(),) * 2)
