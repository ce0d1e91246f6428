"""The clock by each way in: what the table says of an instant is what log and list say, whatever brought the query.

A message of a page and a mail lie there from that instant on and are collected long after; what comes on paper and by
phone is typed at it.
"""

import json
import os
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.tasks.channels.email.mailbox.collect import collect_mailbox
from termpost.tasks.feedback.asking_facts import AskingFacts
from termpost.tasks.feedback.collect.mailbox import dated
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.home.slip_numbers import slip_number

from tests.posted_messages import Family, collect
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
        came |= set(brought(school, father, folder, list(some)))
    assert came == {
        Came(one.calendar, instant_of(one), via, one.expected, one.expected) for one in cases for via in WAYS
    }  # fmt: skip


def brought(school: Prepared, father: Family, folder: Path, some: list[ClockCase]) -> Iterator[Came]:
    """The rows of one school, each by each way; collected on a day on which all of them are late."""
    report = next(e.report for e in school.entries("planned") if e.recipient == school.ref(FATHER))
    slip = slip_number(school.open(), report or "", 1, school.ref(FATHER))
    for number, one in enumerate(some):
        school.as_of = instant_of(one)
        typed(school, "add", *QUESTION, "paper", "--slip", slip)
        typed(school, "add", *QUESTION, "phone", "--student", LISA, "--from", FATHER)
        father.post("question", text="?", at=school.as_of, part=0)
        by_mail(folder, f"{one.calendar}-{number}", school.as_of)
    school.as_of = COLLECTED
    collect(school)
    assert len(collect_mailbox(school.open(), "test", dated(school.open())).taken) == len(some)
    new = list(threads_of(school.open()).values())[-4 * len(some):]  # fmt: skip
    listed = {one["id"]: one for one in typed(school, "list")}
    until = AskingFacts.of(school.open()).until(school.ref(FATHER), school.ref(LISA), CYCLE)
    assert {one.said("told") for one in some} <= {"", str(until)}
    for one in new:
        assert listed[one.id]["received"] == one.received.isoformat()
        yield Came(some[0].calendar, one.received, one.via, str(one.first_due), listed[one.id]["due"])


def typed(school: Prepared, *words: str) -> Any:
    line = ["feedback", *words, "--home", str(school.home), "--as-of", str(school.told), "--json"]
    said = CliRunner().invoke(termpost, line, standalone_mode=False)
    assert said.exception is None, (words, said.exception)
    return json.loads(said.stdout)


def by_mail(folder: Path, name: str, instant: datetime) -> None:
    """As the school's server wrote it there; whoever wrote the mail dated it as they liked."""
    put(folder, f"{name}.eml", mail(MAIL, message_id=f"<{name}@x>", Date="Mon, 20 Dec 2021 08:00:00 +0000"))
    os.utime(folder / f"{name}.eml", (instant.timestamp(),) * 2)
