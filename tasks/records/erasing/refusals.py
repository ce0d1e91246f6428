"""What stands against an erasure: each has a reason that the office can show, and a way on."""

from dataclasses import dataclass
from typing import Literal

import duckdb
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactReach, StudentStanding
from termpost.schemas.log.records.erasures import ErasureDuty
from termpost.schemas.log.records.holds import HOLD_KINDS, RecordsHolds
from termpost.schemas.log.records.incidents import INCIDENT_KINDS, open_incidents_about
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.home.home import Home
from termpost.tasks.records.requests.facts import newest_identity
from termpost.tasks.records.requests.receive import requests_of

Against = Literal["no-duty", "legal-hold", "records-hold", "open-request", "open-incident", "open-query"]


@dataclass(frozen=True)
class ErasureRefusal:
    """One reason."""

    code: Against
    what: str
    remedy: str


def stands_against(
    home: Home, lake: duckdb.DuckDBPyConnection, person: PersonRef, duty: ErasureDuty | None
) -> list[ErasureRefusal]:  # fmt: skip
    """Every reason, so that the office need not find them one by one."""
    found = list[ErasureRefusal]()
    if duty is None and home.law.needs_a_duty_to_erase:
        found.append(ErasureRefusal(
            "no-duty", "no verified line of law gives a right to erasure here, so a duty must ask for it",
            "name it with --duty; `termpost law` says what applies",
        ))  # fmt: skip
    holds, students = RecordsHolds.fold(home.log.entries(*HOLD_KINDS)), _students(home, lake, person)
    causes = sorted({cause for one in (person, *students) for cause in holds.of(one)})
    if causes:
        found.append(ErasureRefusal("legal-hold", f"a legal hold keeps these records ({', '.join(causes)})",
                                    "wait until it is lifted"))  # fmt: skip
    standing = newest_identity(home, lake, StudentStanding, person)
    if standing is not None and standing.records_hold:
        found.append(ErasureRefusal("records-hold", "the student's record says that nothing leaves (recordsHold)",
                                    "have it lifted at the source, then prepare"))  # fmt: skip
    if waiting := requests_of(home).open_about(person):
        found.append(ErasureRefusal("open-request", f"a request about these records waits ({waiting[0].case})",
                                    "answer it first (34 CFR 99.10(e))"))  # fmt: skip
    if incidents := open_incidents_about(home.log.entries(*INCIDENT_KINDS), person):
        found.append(ErasureRefusal("open-incident", f"an incident about them is open ({incidents[0].case})",
                                    "close it first"))  # fmt: skip
    asked = [one.id for one in threads_of(home).values()
             if one.state in ("open", "held") and person in (one.student, one.contact)]  # fmt: skip
    if asked:
        found.append(ErasureRefusal("open-query", f"a query of theirs waits for an answer ({asked[0]})",
                                    "answer or close it first"))  # fmt: skip
    return found


def _students(home: Home, lake: duckdb.DuckDBPyConnection, person: PersonRef) -> set[PersonRef]:
    contact = newest_identity(home, lake, ContactReach, person)
    return {PersonRef(row.student) for row in contact.reach} if contact else set()
