"""What an approval binds: the statement of the whole release, kept in the store under the digest that the log names."""

import hashlib
from collections.abc import Iterable, Sequence

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import ReportVersion
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.schemas.log.approval import Release, release_of, statement_key
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.distribute.approve import AskedApproval
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import get_tagged
from termpost.tasks.home.staff_changes import approvers
from termpost.tasks.secrets.object_tags import changed


def ask_approval(
    home: Home, state: CycleState, prepared: Sequence[PreparedSchool], reports: Sequence[PreparedReport],
    *, is_part: bool = False,
) -> AskedApproval:  # fmt: skip
    """What the next person approves.

    Where an approval that still counts is of all of it, it is the same one: taking somebody out changes nothing. Of
    several it is that of most people. What was let out and lapsed before delivery began is approved anew.

    Args:
        is_part: of what is due, by choice, and kept for later: only what is of the same part is the same approval, or
            this person's would count for the rest too.

    Raises:
        Refused: as `read_statement`, where what was approved is not what the log says.
    """
    now, release, people = home.clock.today(), home.settings.release, approvers(home)
    lapsed = state.lapsed(now, release.approval_days, people)
    again = [r for school in prepared for r in school.reports if (r.report, r.version) in lapsed]
    bound = [*reports, *again]
    mine = release_of(state.cycle, prepared, bound, home.today, home.calendar, home.settings.channels)
    if not bound:
        return AskedApproval(mine.digest, reports, binds=False)
    same, schools = AskedApproval(mine.digest, reports, release.approvals, statement=mine.as_bytes), _schools(mine)
    for digest in reversed(state.approvals):
        before = state.approved_by(digest, now, release.approval_days, people, schools)
        if len(before) <= len(same.before):
            continue
        given = read_statement(home, state.cycle, digest)
        if given.holds_for(mine) and (mine.holds_for(given) or not is_part):
            same = AskedApproval(digest, reports, release.approvals, before)
    return same


def _schools(release: Release) -> list[str]:
    return [school.school for school in release.schools]


def read_statement(home: Home, cycle: str, digest: str) -> Release:
    """What was approved, as the log's digest says.

    Raises:
        Refused: `object-gone`, `object-changed`, `no-tag`.
    """
    key = statement_key(cycle, digest)
    data = get_tagged(home, key)
    if hashlib.sha256(data).hexdigest() != digest:
        raise changed(key)
    return Release.model_validate_json(data)


def of_approver(
    home: Home, staff_id: str, prepared: Sequence[PreparedSchool], reports: Sequence[PreparedReport]
) -> list[PreparedReport]:
    """Those of the schools that the person approves for.

    Raises:
        Refused: `other-school`, where there are reports, and none is of theirs.
    """
    schools = home.staff.schools_of(staff_id)
    if not schools:
        return list(reports)
    theirs = {(r.report, r.version) for school in prepared if school.school in schools for r in school.reports}
    found = [report for report in reports if (report.report, report.version) in theirs]
    if reports and not found:
        raise Refused("other-school", "these are reports of another school than this person approves for", "--by",
                      "ask somebody who approves for that school")  # fmt: skip
    return found


def refuse_unapproved(home: Home, cycle: str, versions: Iterable[ReportVersion]) -> None:
    """Before anything is shown: the log says again, on a way of its own, that enough people approved each of these.

    Raises:
        Refused: `not-approved`, or as `read_statement`.
    """
    trail, statements = home.approval_trail(cycle).released, dict[str, frozenset[ReportVersion]]()
    for version in versions:
        found = trail.get(version)
        if found is None or len(found.by) < found.needed:
            raise _not_approved(cycle)
        if not found.kept:  # by a version of termpost that kept no statement
            continue
        if found.digest not in statements:
            schools = read_statement(home, cycle, found.digest).schools
            statements[found.digest] = frozenset(line[:2] for school in schools for line in school.reports)
        if version not in statements[found.digest]:
            raise _not_approved(cycle)


def _not_approved(cycle: str) -> Refused:
    return Refused("not-approved", "a report that would leave is not what enough people approved", f"cycle {cycle}",
                   "nothing was shown; find out who wrote log and store (termpost log verify --full)")  # fmt: skip
