"""A home whose log has a year in it, and a registrar with a phone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyotp
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.staff import Role

from tests.schemas.review.logs import log_of
from tests.tasks.gradebook import new_home

FAMILY = "Lindqvist"  # of nobody's in the log
YEAR = """
    2021-10-12 report_made cycle=2021-fall-midterm report=r1 version=1 student=p1 object=reports/high/2021-fall-midterm/r1/1/report.en.pdf
    2021-10-12 report_made cycle=2021-fall-midterm report=r2 version=1 student=p2 object=reports/high/2021-fall-midterm/r2/1/report.en.pdf
    2021-10-22 released cycle=2021-fall-midterm report=r1 version=1 student=p1
    2021-10-22 planned cycle=2021-fall-midterm report=r1 version=1 student=p1 recipient=pa delivery=d1 channel=portal
    2021-10-22 delivered cycle=2021-fall-midterm report=r1 version=1 student=p1 recipient=pa delivery=d1 channel=portal
    2021-10-25 released cycle=2021-fall-midterm report=r2 version=1 student=p2
    2021-10-25 planned cycle=2021-fall-midterm report=r2 version=1 student=p2 recipient=pb delivery=d2 channel=print
    2021-10-25 failed cycle=2021-fall-midterm report=r2 version=1 student=p2 recipient=pb delivery=d2 channel=print
    2021-10-26 query_received query=q1 reason=question student=p1 recipient=pa due=2021-11-02
    2021-11-04 query_answered query=q1 actor=afry
    2021-11-05 refused reason=wrong-code
"""  # noqa: E501 - a line an entry
AFTER = datetime(2022, 7, 1, 15, tzinfo=UTC)


def reviewed_home(folder: Path, entries: Iterable[Logged] | None = None) -> Home:
    """With the entries in segments of a day each, as of the day after the year."""
    home = new_home(folder)
    by_day: dict[datetime, list[Entry]] = {}
    for entry in log_of(YEAR) if entries is None else entries:
        by_day.setdefault(entry.at, []).append(entry.fact)
    for at, said in by_day.items():
        replace(home, clock=FixedClock(at)).log.append("test", said)
    return replace(home, clock=FixedClock(AFTER))


def code_of(home: Home, staff: str, role: Role = "registrar") -> str:
    """Registers somebody, and gives their code for now."""
    parsed = pyotp.parse_uri(home.staff.add(staff, staff.title(), role))
    assert isinstance(parsed, pyotp.TOTP)
    return parsed.at(home.clock.now())
