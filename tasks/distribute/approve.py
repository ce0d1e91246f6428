"""Release: a registered person who proves who they are binds exactly the bytes that were prepared (laws 3 and 5)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef, ReportVersion, StaffId
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.schemas.log.approval import statement_key
from termpost.schemas.log.cycle_state import EARLY, CycleState
from termpost.schemas.log.entry import BEFOREHAND, Entry
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.tasks.secrets.key_store import PersonKeyStore
from termpost.tasks.secrets.staff import RELEASE_ROLES, Staff
from termpost.tasks.stage.manifests import of_school
from termpost.tasks.store.interface import Store

Prove = Callable[[], StaffId]  # raises Refused where they do not


def by_code(staff: Staff, staff_id: str, otp: str, at: datetime) -> Prove:
    """Of somebody who may release.

    Args:
        at: the machine's time, never `--as-of`: a one-time code is about now (RFC 6238).
    """
    return lambda: staff.prove(staff_id, otp, at, RELEASE_ROLES)


@dataclass(frozen=True)
class Approval:
    """Who released what: the digest stands for every byte."""

    cycle: str
    staff: StaffId
    digest: str
    reports: int
    students: tuple[str, ...]  # references of those released now
    missing: int = 0  # further people who must approve the same before anything is released


@dataclass(frozen=True)
class AskedApproval:
    """What somebody is asked to approve, and who did before.

    Args:
        digest: of the whole release; of an earlier one where only somebody was taken out of it since.
        reports: what is let out by it.
        needed: different people who must approve the same. What was released before needs no more than one.
        before: who approved it already, and still counts.
        binds: False where everything that is due was released before, and deliveries only go on.
        statement: what has that digest, where nobody approved it before; it lies in the store before the log names it.
    """

    digest: str
    reports: Sequence[PreparedReport]
    needed: int = 1
    before: frozenset[str] = frozenset()
    binds: bool = True
    statement: bytes = b""


@dataclass(frozen=True)
class ChosenStudents:
    """What whoever releases said about students, by reference; and of which school."""

    hold: frozenset[str] = frozenset()  # left for later
    only: frozenset[str] | None = None  # nobody else; None: everybody
    school: str | None = None  # its reports alone, also of who sits in another as well; None: those of every school


def refuse_embargoed(embargo: datetime | None, now: datetime, zone: tzinfo) -> None:
    """Raises Refused before the instant that settings give, in the school's zone where it has no offset."""
    if embargo is None:
        return
    until = embargo if embargo.tzinfo else embargo.replace(tzinfo=zone)
    if now < until:
        raise Refused("embargo", f"nothing is released before {until:%Y-%m-%d %H:%M %Z}",
                      "termpost.toml [release] embargo", "release then, or change the setting")  # fmt: skip


def refuse_too_soon(
    cycle: CycleDates, prepared: Sequence[PreparedSchool], reports: Sequence[PreparedReport], today: date, early: bool
) -> bool:
    """Whether these reports go out before the calendar's release date, because whoever releases says so.

    Args:
        reports: what would be let out; of nothing, nothing is too soon.
        today: the school's day. The day of the cut-off is part of the time whose marks count.

    Raises:
        Refused: `draft`, where they were made before the cut-off was over; `before-release-date`.
    """
    drafts = {report.report for school in prepared if school.draft for report in school.reports}
    if reports and (today <= cycle.cutoff or any(report.report in drafts for report in reports)):
        raise Refused("draft", f"these are drafts: they were made before the cut-off, {cycle.cutoff}, was over",
                      f"cycle {cycle.id}", "prepare the cycle again on a later day, then release it")  # fmt: skip
    too_soon = bool(reports) and today < cycle.release
    if too_soon and not early:
        raise Refused("before-release-date", f"the calendar releases this cycle on {cycle.release}",
                      f"calendar.toml, cycle {cycle.id}",
                      "release then, or now with --early; the log says so")  # fmt: skip
    return too_soon


def releasable(prepared: Sequence[PreparedSchool], state: CycleState, chosen: ChosenStudents) -> list[PreparedReport]:
    """What a release would let out: prepared, not held, not kept back by whoever releases.

    Law 12: a version that is out stays as it is; of a report that is out, only a correction is new.
    """
    return [
        report
        for school in of_school(prepared, chosen.school)
        for report in school.reports
        if report.student not in chosen.hold | school.held_students
        and not state.is_released(report.report, report.version)
        and (chosen.only is None or report.student in chosen.only)
    ]


def deliverable(prepared: Sequence[PreparedSchool], state: CycleState) -> list[PreparedSchool]:
    """The manifests with the versions that were released and not taken back: neither a correction that waits is among
    them, nor the report of a second school that nobody released yet."""
    return only_reports(prepared, {(r.report, r.version) for s in prepared for r in s.reports
                                   if state.is_out(r.report, r.version)})  # fmt: skip


def only_reports(prepared: Iterable[PreparedSchool], wanted: Collection[ReportVersion]) -> list[PreparedSchool]:
    """The manifests with these of their reports."""
    return [
        school.model_copy(update={"reports": tuple(r for r in school.reports if (r.report, r.version) in wanted)})
        for school in prepared
    ]


def refuse_nothing_of(prepared: Sequence[PreparedSchool], state: CycleState, chosen: ChosenStudents) -> None:
    """Whoever names a school is told where nothing of it may go out, and nothing of it is out.

    Raises:
        Refused: `school-held`.
    """
    mine = of_school(prepared, chosen.school)
    reports = [report for school in mine for report in school.reports]
    if chosen.school is None or releasable(prepared, state, ChosenStudents(school=chosen.school)):
        return
    if not any(state.is_released(report.report, report.version) for report in reports):
        held = counted(len({student for school in mine for student in school.held_students}), "student")
        raise Refused("school-held", f"no report of this school may go out; held: {held}", f"school {chosen.school}",
                      f"see `termpost holds --school {chosen.school}`")  # fmt: skip


def check_bytes(store: Store, people: PersonKeyStore, state: CycleState, reports: Iterable[PreparedReport]) -> None:
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
    prove: Prove, state: CycleState, asked: AskedApproval, early: bool = False, beforehand: bool = False
) -> tuple[Approval, list[Entry]]:
    """Writes the approval of somebody down who proves who they are; with the last approval that is needed, the release
    too, unless it is made beforehand.

    Args:
        early: before the calendar's release date, which the log says.

    Raises:
        Refused: unknown person, wrong or used code, a role that may not, somebody who approved this before.
    """
    who = prove()
    cycle, reports = state.cycle, asked.reports
    reason = EARLY if early else None
    before = set(asked.before)
    missing = max(0, asked.needed - len(before | {who})) if asked.binds else 0
    if (missing or beforehand) and who in before:
        raise Refused("same-person", "this person approved exactly this already", "--by",
                      "a second person must approve: registrar or head")  # fmt: skip
    released = [] if missing or beforehand else reports
    digest = asked.digest
    approval = Approval(cycle, who, digest, len(released), tuple(sorted(r.student for r in released)), missing)
    key = statement_key(cycle, digest) if asked.binds else None
    entries = [
        Entry(kind="approved", actor=who, cycle=cycle, object=key, digest=digest, count=len(reports), reason=reason,
              via=BEFOREHAND if beforehand else None)
    ]  # fmt: skip
    return approval, entries + _let_out(state, released, Entry(kind="released", actor=who, cycle=cycle, reason=reason))


def let_out_beforehand(state: CycleState, asked: AskedApproval, who: StaffId, reason: str | None) -> list[Entry]:
    """The release of what enough people approved before; it says by which approval.

    Args:
        who: the last of them.
    """
    of = Entry(kind="released", actor=who, cycle=state.cycle, reason=reason, digest=asked.digest, via=BEFOREHAND)
    return _let_out(state, asked.reports, of)


def _let_out(state: CycleState, reports: Iterable[PreparedReport], of: Entry) -> list[Entry]:
    """What takes an earlier version's place, then each report."""
    out = list(reports)
    entries = [
        Entry(kind="superseded", actor=of.actor, cycle=of.cycle, report=r.report, version=old, student=r.student,
              reason="corrected")
        for r in out
        if (old := state.released_version(r.report)) is not None
    ]  # fmt: skip
    entries += [
        of.model_copy(update={"report": r.report, "version": r.version, "student": r.student,
                              "count": r.to_follow or None})
        for r in out
    ]  # fmt: skip
    return entries
