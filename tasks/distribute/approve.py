"""Release: a registered person who proves who they are binds exactly the bytes that were prepared (laws 3 and 5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.cycle_state import CycleState
from schemas.entry import Entry
from schemas.errors import InputError, Refused
from schemas.prepared import PreparedReport, PreparedSchool, approval_digest
from schemas.refs import PersonRef, StaffId
from tasks.people import People
from tasks.staff import RELEASE_ROLES, Staff
from tasks.store import Store


@dataclass(frozen=True)
class Approval:
    """Who released what: the digest stands for every byte."""

    cycle: str
    staff: StaffId
    digest: str
    reports: int
    students: tuple[str, ...]  # references of those released now


def releasable(prepared: Sequence[PreparedSchool], state: CycleState, hold: Iterable[str]) -> list[PreparedReport]:
    """What a release would let out: prepared, not held, not kept back by whoever releases."""
    back = frozenset(hold)
    return [
        report
        for school in prepared
        for report in school.reports
        # law 12: whose report is out keeps it; a correction by student is another way
        if report.student not in back | school.held_students | state.released_students
    ]


def check_bytes(store: Store, people: People, state: CycleState, reports: Iterable[PreparedReport]) -> None:
    """Every rendition lies in the store as it was made and as the log says.

    Raises:
        Refused: bytes that differ are never released.
    """
    for report in reports:
        logged = state.reports.get((report.report, report.version))
        for rendition in report.renditions:
            try:
                digest = people.digest(PersonRef(report.student), store.get(rendition.object))
            except KeyError:
                digest = ""
            if logged is None or not digest == rendition.digest == logged.digests.get(rendition.object):
                raise Refused(
                    "bytes-changed",
                    f"{rendition.object} is not what was prepared",
                    f"cycle {state.cycle}",
                    "find out who changed the store (termpost log verify), then prepare the cycle again",
                )


def approve(
    staff: Staff, staff_id: str, otp: str, proved_at: datetime, cycle: str, reports: Sequence[PreparedReport]
) -> tuple[Approval, list[Entry]]:
    """Proves the person and writes the approval down.

    Args:
        proved_at: the machine's time, never `--as-of`: a one-time code is about now (RFC 6238).

    Raises:
        Refused: unknown person, wrong or used code, a role that may not.
    """
    who = staff.prove(staff_id, otp, proved_at, RELEASE_ROLES)
    digest = approval_digest(tuple(reports))
    approval = Approval(cycle, who, digest, len(reports), tuple(sorted(r.student for r in reports)))
    entries = [Entry(kind="approved", actor=who, cycle=cycle, digest=digest, count=len(reports))]
    entries += [
        Entry(kind="released", actor=who, cycle=cycle, report=r.report, version=r.version, student=r.student)
        for r in reports
    ]
    return approval, entries


def read_prepared(store: Store, cycle: str) -> list[PreparedSchool]:
    """What waits for release, school by school.

    Raises:
        InputError: nothing was prepared.
    """
    keys = [key for key in store.list("reports/") if key.endswith(f"/{cycle}/prepared.json")]
    if not keys:
        raise InputError("not-prepared", f"cycle {cycle} is not prepared", "--cycle", "run `termpost prepare` first")
    return [PreparedSchool.model_validate_json(store.get(key)) for key in keys]
