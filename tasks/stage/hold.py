"""What waits for release in one school: every due student is prepared or held with a reason."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import duckdb
from termpost.schemas.base.refs import PersonRef, Staged, Summaries
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.prepared import (
    GARBLED_NAME,
    LEFT_OFF,
    NO_CONTACT_KNOWN,
    NOT_OF_GRADES,
    NOTHING_BELOW,
    RECORDS_HOLD,
    Bytes,
    Hold,
    PreparedReport,
    PreparedSchool,
    ResolvedHold,
    Unreported,
)
from termpost.schemas.log.hold_decisions import HoldDecisions
from termpost.schemas.log.rights_decision import handed_over_students
from termpost.tasks.home.comment_edits import comments_of, printed_digest
from termpost.tasks.home.home import Home
from termpost.tasks.home.text_decisions import TextDecisions, TextPlace
from termpost.tasks.lake.sql import sql
from termpost.tasks.lake.transaction import in_one_transaction
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.stage.manifests import manifest_of
from termpost.tasks.stage.required import lacking
from termpost.tasks.stage.state_text import name_parts
from termpost.tasks.stage.warned import warned_in
from termpost.tasks.summarise.open_cycle import schools_of

ENROLLED = """SELECT DISTINCT person_ref FROM lake.core_enrollment
WHERE extract_id = $extract_id AND school_id = $school_id"""


@in_one_transaction
def manifest(
    lake: duckdb.DuckDBPyConnection,
    home: Home,
    summaries: Summaries,
    staged: Sequence[Staged],
    frozen: frozenset[str],
    decisions: HoldDecisions,
) -> PreparedSchool:
    """The prepared reports of a school with its holds.

    Args:
        frozen: students whose report is out already and not to be corrected; their entry stays as it was released.
        decisions: of the cycle; a hold that was resolved does not wait.
    """
    cycle = summaries.cycle
    students = open_identities(lake, home.people, summaries.extract_id, StudentIdentity)
    found = holds_of_school(lake, home, summaries, students)
    unneeded = {ref for batch in staged for ref in batch.unneeded}
    found = [h for h in found if h.student not in unneeded or h.reason not in NOT_OF_GRADES]
    is_known = home.people.is_known  # of an erased person the extract's rows are about nobody
    holds = [h for h in [*found, *_unmade(staged)] if h.student not in frozen and is_known(PersonRef(h.student))]
    resolved = [
        ResolvedHold(**hold.model_dump(), decision=decision.way, by=decision.by)
        for hold in holds if (decision := decisions.on(hold, summaries.extract_id))
    ]  # fmt: skip
    resolved += [one for one in _left_off(lake, summaries, decisions) if one.student not in frozen]
    printed = comments_of(home, cycle.id, {ref: students[ref] for ref in _students(staged) if ref in students})
    said = {student: printed_digest(home.people, student, places) for student, places in printed.items()}
    own_language = home.settings.institution.languages[0]
    reports = [*_kept(home, summaries, frozen), *_reports(staged, said, own_language)]
    accounted = {*(report.student for report in reports), *(hold.student for hold in holds)}
    still_held = tuple(hold for hold in holds if decisions.on(hold, summaries.extract_id) is None)
    unneeded -= {*(report.student for report in reports), *(hold.student for hold in still_held)}
    without = [Unreported(student=ref, reason=NOTHING_BELOW) for ref in sorted(unneeded)]
    without += [one for one in without_report(lake, summaries) if one.student not in accounted]
    known = [one for one in without if is_known(PersonRef(one.student))]
    unreported = tuple({one.student: one for one in known}.values())  # who left says so
    return PreparedSchool(
        cycle=cycle.id,
        school=cycle.school,
        extract_id=summaries.extract_id,
        policy=summaries.policy,
        cutoff=cycle.cutoff,
        draft=home.today <= cycle.cutoff,  # the marks of that day still count
        reports=tuple(sorted(reports, key=lambda r: r.report)),
        holds=still_held,
        resolved=tuple(resolved),
        unreported=unreported,
        warned=warned_in(home, cycle.id, accounted | {one.student for one in unreported}),
    )


def _students(staged: Iterable[Staged]) -> set[PersonRef]:
    return {rendition.student for batch in staged for rendition in batch.renditions}


def _reports(staged: Iterable[Staged], comments: Mapping[PersonRef, str], own_language: str) -> list[PreparedReport]:
    by_report = defaultdict(list)
    for batch in staged:
        for rendition in batch.renditions:
            by_report[rendition.report, rendition.version, rendition.student].append(rendition)
    return [
        PreparedReport(
            report=report,
            version=version,
            student=student,
            own_language=own_language,
            renditions=tuple(Bytes(object=r.object, digest=r.digest) for r in sorted(found, key=lambda r: r.object)),
            comments=comments.get(student, ""),
            to_follow=found[0].to_follow,
            is_verifiable=found[0].is_verifiable,
        )
        for (report, version, student), found in by_report.items()
    ]


def _kept(home: Home, summaries: Summaries, frozen: frozenset[str]) -> list[PreparedReport]:
    if not frozen:
        return []
    before = manifest_of(home, summaries.cycle.school, summaries.cycle.id)
    return [r for r in before.reports if r.student in frozen] if before else []


def _left_off(
    lake: duckdb.DuckDBPyConnection, summaries: Summaries, decisions: HoldDecisions
) -> Iterator[ResolvedHold]:
    """Courses that a person left off a report which nothing held."""
    if not decisions.left_off:
        return
    query = sql("termpost.tasks.stage", "courses_of")
    students = sorted({student for student, _ in decisions.left_off})
    for student, class_id in lake.execute(query, {**summaries.key, "students": students}).fetchall():
        if (decision := decisions.left_off.get((student, class_id))) is not None:
            yield ResolvedHold(
                student=student, class_id=class_id, reason=LEFT_OFF, decision=decision.way, by=decision.by
            )


def without_report(lake: duckdb.DuckDBPyConnection, summaries: Summaries) -> Iterator[Unreported]:
    """Of whom the cycle has no course at the school, or who left them all."""
    schools = schools_of(lake, summaries.extract_id)
    values = {**summaries.key, "schools": schools, "has_session": bool(summaries.cycle.session and summaries.students)}
    for student, reason in lake.execute(sql("termpost.tasks.stage", "without_report"), values).fetchall():
        yield Unreported(student=student, reason=reason)


def _unmade(staged: Iterable[Staged]) -> list[Hold]:
    return [Hold(student=ref, class_id=None, reason=reason) for batch in staged for ref, reason in batch.unmade]


def holds_of_school(
    lake: duckdb.DuckDBPyConnection, home: Home, summaries: Summaries,
    students: Mapping[PersonRef, StudentIdentity],
) -> list[Hold]:  # fmt: skip
    """Holds by the check, for this school's students and courses; and students of whom no contact is known, but for
    those whose report the office decided to hand over itself."""
    values = {"extract_id": summaries.extract_id, "school_id": summaries.cycle.school}
    held = lake.execute(sql("termpost.tasks.stage", "holds"), values).fetchall()
    known = _known_names(home, students) if any(reason == GARBLED_NAME for _, _, reason in held) else frozenset()
    holds = [
        Hold(student=s, class_id=c, reason=reason)
        for s, c, reason in held if not (reason == GARBLED_NAME and s in known)
    ]  # fmt: skip
    by_hand = handed_over_students(home.standing())

    def said(ref: PersonRef) -> tuple[bool, bool] | None:
        student = students.get(ref)
        if student is None:
            return None
        return bool(student.contacts) or ref in by_hand, bool(student.records_hold)

    return [*holds, *_holds_of_people(lake, values, said), *lacking(lake, home, summaries, students)]


def _holds_of_people(
    lake: duckdb.DuckDBPyConnection, values: Mapping[str, object],
    said: Callable[[PersonRef], tuple[bool, bool] | None],
) -> Iterator[Hold]:  # fmt: skip
    """Of the students of a school: who has nobody to give the report to, and of whom nothing may leave.

    Args:
        values: `extract_id` and `school_id`.
        said: student → whether somebody is known, whether the record says to hold; None: a student who is not known.
    """
    for (ref,) in lake.execute(ENROLLED, values).fetchall():
        has_somebody, is_stopped = said(ref) or (True, False)
        if not has_somebody:
            yield Hold(student=ref, class_id=None, reason=NO_CONTACT_KNOWN)
        if is_stopped:
            yield Hold(student=ref, class_id=None, reason=RECORDS_HOLD)


def _known_names(home: Home, students: Mapping[PersonRef, StudentIdentity]) -> frozenset[str]:
    """The students whose name somebody has said to be right as it is, or has stated."""
    said = TextDecisions.of(home)
    asked = [PersonRef(ref) for ref in said.places("student") if ref in students]
    return frozenset(ref for ref in asked if said.settles(TextPlace("student", ref), name_parts(students[ref])))
