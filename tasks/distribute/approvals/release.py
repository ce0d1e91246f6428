"""What enough people approved is let out: with the last approval, or by a run that needs none because they were given
beforehand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import Approved, CycleId, StaffId
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.schemas.log.approval import statement_key
from termpost.schemas.log.cycle_state import EARLY, NO_RECIPIENT, CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.distribute.approve import (
    AskedApproval,
    ChosenStudents,
    Prove,
    approve,
    check_bytes,
    let_out_beforehand,
    refuse_nothing_of,
    refuse_too_soon,
    releasable,
)
from termpost.tasks.distribute.binding import ask_approval, of_approver
from termpost.tasks.distribute.comments_read import refuse_unsaid
from termpost.tasks.distribute.plan import ready
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import put_tagged
from termpost.tasks.home.staff_changes import approvers, refuse_who_may_not
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.manifests import read_prepared, refuse_unknown_school
from termpost.tasks.stage.may_leave import refuse_stopped
from termpost.tasks.stage.to_decide import entries_of_open


@dataclass(frozen=True)
class _DueRelease:
    """What a release of the cycle would let out now."""

    state: CycleState
    prepared: Sequence[PreparedSchool]
    reports: list[PreparedReport]
    lost: Sequence[str]  # students whose report nobody can be given
    is_early: bool


def _due(home: Home, cycle_id: CycleId, chosen: ChosenStudents, early: bool) -> _DueRelease:
    """Raises Refused: `draft`, `before-release-date`."""
    cycle, state, prepared = home.calendar.cycle(cycle_id), home.state(cycle_id), read_prepared(home, cycle_id)
    is_early = refuse_too_soon(cycle, prepared, releasable(prepared, state, chosen), home.today, early)
    with open_lake(home.lake) as lake:
        reports, lost = ready(home, lake, state, chosen)
    return _DueRelease(state, prepared, list(reports), sorted(lost), is_early)


def _read_by_people(home: Home, due: _DueRelease, reports: Sequence[PreparedReport], staff_id: str) -> list[Entry]:
    """That comments were read and bytes are those that were prepared; what is let out with something undecided."""
    cycle_id = CycleId(due.state.cycle)
    with open_lake(home.lake) as lake:
        refuse_unsaid(home, lake, cycle_id, reports)
        open_ones = entries_of_open(home, lake, cycle_id, {report.student for report in reports}, staff_id)
    check_bytes(home.store, home.people, due.state, reports)
    return list(open_ones)


def approve_release(
    home: Home, run: str, cycle_id: CycleId, staff_id: str, prove: Prove, chosen: ChosenStudents, early: bool,
    *, beforehand: bool = False,
) -> Approved:  # fmt: skip
    """Writes an approval of the whole release down, and lets out what enough people approved, unless it is made
    beforehand: then the next release counts it, and before the calendar's date only where it was given `early`."""
    refuse_unknown_school(home, chosen.school, cycle_id)
    due = _due(home, cycle_id, chosen, early or beforehand)
    refuse_nothing_of(due.prepared, due.state, chosen)
    is_early = due.is_early and early
    reports = of_approver(home, staff_id, due.prepared, due.reports)
    open_ones = _read_by_people(home, due, reports, staff_id)
    refuse_who_may_not(home, staff_id)
    asked = _counting(ask_approval(home, due.state, due.prepared, reports), due.state, is_early)
    is_part = chosen != ChosenStudents() or len(reports) < len(due.reports)
    if is_part and (beforehand or len(asked.before) + 1 < asked.needed):  # it is kept for later
        asked = _counting(ask_approval(home, due.state, due.prepared, reports, is_part=True), due.state, is_early)
    if beforehand and not asked.binds:
        raise Refused("nothing-left", "nothing waits for release", f"cycle {cycle_id}", "see `termpost status`")
    approval, entries = approve(prove, due.state, asked, is_early, beforehand)
    if asked.statement:  # now that somebody proved who they are, and before the log names it
        put_tagged(home, statement_key(cycle_id, asked.digest), asked.statement)
    # released to nobody would look like delivered: they wait for the office, with the reason
    held = [] if beforehand else _held(cycle_id, due)
    follows = open_ones if approval.reports else []  # it is let out with what nobody decided
    home.log.append(run, entries + follows + held)
    return Approved(cycle_id, approval.staff, approval.digest, approval.reports, approval.missing)


def _held(cycle_id: CycleId, due: _DueRelease) -> list[Entry]:
    return [Entry(kind="held", cycle=cycle_id, student=student, reason=NO_RECIPIENT) for student in due.lost]


def _counting(asked: AskedApproval, state: CycleState, is_early: bool) -> AskedApproval:
    """Who approved it for its date did not say that it may go out before."""
    return replace(asked, before=asked.before & state.early.get(asked.digest, set())) if is_early else asked


def release_approved(home: Home, run: str, cycle_id: CycleId, chosen: ChosenStudents, early: bool) -> Approved:
    """Lets out what enough people approved beforehand, and goes on with what was let out; nobody gives a code.

    Raises:
        Refused: `not-approved-beforehand`; `stopped`, which takes a person; as `approve_release`.
    """
    due = _due(home, cycle_id, chosen, early)
    refuse_stopped(due.state)  # whoever stopped it waits for a person
    found = list(_approved(home, due))
    last = ask_approval(home, due.state, due.prepared, []) if not found else found[-1][0]
    if not found and (due.reports or last.binds):  # or what was let out has lapsed before delivery began
        raise _not_approved(home, cycle_id, due, chosen)
    entries: list[Entry] = []
    for asked, who in found:
        entries += let_out_beforehand(due.state, asked, who, EARLY if due.is_early else None)
        entries += _read_by_people(home, due, asked.reports, who)
    home.log.append(run, entries + _held(cycle_id, due))
    who = found[-1][1] if found else StaffId("pipeline")
    return Approved(cycle_id, who, last.digest, sum(len(asked.reports) for asked, _ in found))


def _approved(home: Home, due: _DueRelease) -> Iterator[tuple[AskedApproval, StaffId]]:
    """All of it; or of each school that was approved by itself, or by its own people. With who approved last."""
    if not due.reports:
        return
    people = approvers(home)
    by_school = {frozenset(home.staff.schools_of(one)) for given in due.state.approvals.values() for one in given}
    by_school |= {frozenset({school.school}) for school in due.prepared}
    slices = [due.reports, *(_of(due, schools) for schools in sorted(by_school, key=sorted) if schools)]
    taken: set[tuple[str, int]] = set()
    for reports in slices:
        left = [report for report in reports if (report.report, report.version) not in taken]
        if not left:
            continue
        asked = _counting(ask_approval(home, due.state, due.prepared, left), due.state, due.is_early)
        if asked.before and len(asked.before) >= asked.needed:
            given = due.state.approvals[asked.digest]
            who = max(asked.before & people, key=lambda one: (str(given[one] or ""), one))
            yield asked, StaffId(who)
            taken |= {(report.report, report.version) for report in left}


def _of(due: _DueRelease, schools: frozenset[str]) -> list[PreparedReport]:
    theirs = {(r.report, r.version) for school in due.prepared if school.school in schools for r in school.reports}
    return [report for report in due.reports if (report.report, report.version) in theirs]


def _not_approved(home: Home, cycle_id: CycleId, due: _DueRelease, chosen: ChosenStudents) -> Refused:
    asked = _counting(ask_approval(home, due.state, due.prepared, due.reports), due.state, due.is_early)
    some = f"{len(asked.before)} of {asked.needed}" if asked.before else "nobody"
    flag = (f" --school {chosen.school}" if chosen.school else "") + (" --early" if due.is_early else "")
    return Refused("not-approved-beforehand", f"{some} approved this release beforehand", f"cycle {cycle_id}",
                   f"run `termpost approve --cycle {cycle_id} --by STAFF{flag}`, then start this again")  # fmt: skip


def is_let_out(home: Home, cycle_id: CycleId, chosen: ChosenStudents) -> bool:
    """Whether all of it was let out, nobody stopped it, and its approvals count still: then deliveries may go on, and
    nobody has to prove anything again."""
    due = _due(home, cycle_id, chosen, True)
    state = due.state
    out = state.released_in(chosen.school) if chosen.school else state.released_students
    goes_on = not due.reports and bool(out) and not state.stopped
    return goes_on and not ask_approval(home, due.state, due.prepared, []).binds
