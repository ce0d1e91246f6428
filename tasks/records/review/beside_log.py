"""What a review counts that the log does not say: sign-offs by class, broken rules by source, words of ratings."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import duckdb
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity, TeacherIdentity
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.query_threads import QueryThread, query_threads
from termpost.schemas.log.review.review_numbers import BesideTheLog, ContractProblem
from termpost.schemas.log.review.school_year import SchoolYear
from termpost.tasks.feedback.answering.words import words_of_thread
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import hold_lake, open_lake
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.stage.grading_clock import gradings_of
from termpost.tasks.stage.manifests import prepared_of

_WORD: Final = re.compile(r"[^\W\d_]{4,}")  # shorter ones say little
MOST: Final = 20  # words in the table
PROBLEMS = """SELECT format, rule_code, severity_code, count(DISTINCT extract_id), sum(problem_count)
FROM lake.out_check WHERE rule_code IS NOT NULL AND known_at::TIMESTAMPTZ AT TIME ZONE $zone >= $first::DATE
  AND known_at::TIMESTAMPTZ AT TIME ZONE $zone < $last::DATE + 1
GROUP BY ALL ORDER BY ALL"""


def beside_the_log(home: Home, entries: Iterable[Logged], year: SchoolYear) -> BesideTheLog:
    """Of one year, from history and notes; what is not there any more is not counted. Counts alone, of nobody."""
    if not home.lake.catalogue.exists():
        return BesideTheLog()
    with hold_lake(home.lake), open_lake(home.lake) as lake:
        return BesideTheLog(_signed_off(home, lake, year), _problems(home, lake, year),
                            _words(home, lake, query_threads(entries).values(), year))  # fmt: skip


def _signed_off(home: Home, lake: duckdb.DuckDBPyConnection, year: SchoolYear) -> dict[tuple[str, str], date]:
    found = {}
    for cycle in home.calendar.cycles:
        if cycle.kind == "final" and year.holds(cycle.cutoff):
            for one in gradings_of(home, lake, cycle.id, prepared_of(home, cycle.id)):
                if one.school and one.completed and one.completed <= year.last:
                    found[cycle.id, one.school] = one.completed
    return found


def _problems(home: Home, lake: duckdb.DuckDBPyConnection, year: SchoolYear) -> tuple[ContractProblem, ...]:
    values = {"zone": str(home.calendar.zone), "first": year.first, "last": min(year.last, home.today)}
    return tuple(
        ContractProblem(source=source, rule=rule, severity=severity, extracts=extracts, problems=problems)
        for source, rule, severity, extracts, problems in lake.execute(PROBLEMS, values).fetchall()
    )


def _words(
    home: Home, lake: duckdb.DuckDBPyConnection, threads: Iterable[QueryThread], year: SchoolYear
) -> dict[str, int]:
    """The most frequent, each once a rating. Of fewer ratings than `[privacy] small_cell`, and names, none: a word that
    ten families write is of no family, and a name is of somebody however many write it."""
    rated = [
        one for one in threads if one.kind == "rating" and one.note and year.holds(home.calendar.received(one.received))
    ]
    if len(rated) < home.settings.privacy.small_cell:
        return {}
    counted: Counter[str] = Counter()
    for thread in rated:
        counted.update({word for said in words_of_thread(home, thread) for word in _words_in(said.text or "")})
    often = {word: n for word, n in counted.items() if n >= home.settings.privacy.small_cell}
    names = _names(home, lake) if often else set()
    listed = sorted((-n, word) for word, n in often.items() if word not in names)
    return {word: -n for n, word in listed[:MOST]}


def _words_in(text: str) -> Iterator[str]:
    return (found[0] for found in _WORD.finditer(text.lower()))


def _names(home: Home, lake: duckdb.DuckDBPyConnection) -> set[str]:
    """Of everybody who is or was on record."""
    found: set[str] = set()
    for extract in extracts_newest_first(lake):
        students = open_identities(lake, home.people, extract, StudentIdentity).values()
        contacts = open_identities(lake, home.people, extract, ContactIdentity).values()
        teachers = open_identities(lake, home.people, extract, TeacherIdentity).values()
        for name in (one.name for one in (*students, *contacts, *teachers)):
            found.update(_words_in(name))
        for student in students:
            found.update(_words_in(student.preferred or ""))
    return found
