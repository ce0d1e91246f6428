"""The proof pack's paper about a school that does not exist: something in each list, and nobody real."""

from datetime import UTC, datetime, time
from decimal import Decimal
from fractions import Fraction

from termpost.schemas.base.refs import Cycle, CycleId, ExtractId, PersonRef, SchoolId, SessionId, Summaries
from termpost.schemas.documents.findings import HoldSource
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.prepared import (
    NO_CONTACT_KNOWN,
    Hold,
    PreparedReport,
    PreparedSchool,
    ResolvedHold,
    Unreported,
)
from termpost.schemas.documents.report import Report
from termpost.schemas.settings.settings import Settings
from termpost.tasks.papers.prepared import SchoolCycle
from termpost.tasks.papers.proof.facts import (
    ClassFacts,
    GradeChange,
    PrintedDifference,
    SchoolFacts,
    StudentFacts,
    StudentTrend,
)
from termpost.tasks.papers.proof.paper import make_proof

ALEX, KIM, SAM = PersonRef("p-1"), PersonRef("p-2"), PersonRef("p-3")
NAMES = {ALEX: ("Alex", "Example"), KIM: ("Kim", "Sample"), SAM: ("Sam", "Sample")}
MATH, ART = "mathematics", "art"


def make_sample_proof(settings: Settings, report: Report, country: str) -> bytes:
    """Of a cycle of three students: one is held, one changed, one has no report."""
    return make_proof(settings, [_facts(report)], {}, frozenset(), country)


def _facts(report: Report) -> SchoolFacts:
    titles = {course.class_id: course.title for course in report.courses}
    return SchoolFacts(
        school=_school(report),
        students=tuple(StudentFacts(ref, 2, n, 0, Fraction(80 + n)) for n, ref in enumerate((ALEX, KIM))),
        classes=(ClassFacts(MATH, 2, 2, Fraction(81), Decimal(78), Decimal(84), 0),),
        above=(),
        differences=(PrintedDifference(ALEX, MATH, Decimal("78.4"), "C", Decimal(80), "B", "computed"),),
        trends=(StudentTrend(ALEX, 2, Decimal("-6.5")), StudentTrend(KIM, 2, Decimal("3.25"))),
        earlier=datetime.combine(report.cutoff, time(8), UTC),
        changes=(GradeChange(ALEX, MATH, True, True, Decimal("78.4"), "C", Decimal("81.25"), "B"),),
        people={
            ref: StudentIdentity(id=ref, number=f"00000{n}", given=given, family=family)
            for n, (ref, (given, family)) in enumerate(NAMES.items(), start=1)
        },
        titles=titles,
        hold_places={
            ("p-2", ART, "type-decimal"): HoldSource("p-2", ART, "type-decimal", "results.csv", 214, 3),
            ("p-1", ART, "duplicate-result"): HoldSource("p-1", ART, "duplicate-result", "results.csv", 87, 1),
        },
    )


def _school(report: Report) -> SchoolCycle:
    cycle = Cycle(CycleId(report.cycle_id), SchoolId("sample"), SessionId("sample"), report.kind, report.cutoff)
    prepared = PreparedSchool(
        cycle=report.cycle_id, school="sample", extract_id="sample", policy="sample", cutoff=report.cutoff,
        reports=tuple(_report(ref, report.languages[0]) for ref in (ALEX, KIM)),
        holds=(
            Hold(student=KIM, class_id=ART, reason="type-decimal"),
            Hold(student=KIM, class_id=None, reason=NO_CONTACT_KNOWN),
        ),
        resolved=(
            ResolvedHold(student=ALEX, class_id=ART, reason="duplicate-result", decision="omit-course", by="ali"),
        ),
        unreported=(Unreported(student=SAM, reason="no-class"),),
    )  # fmt: skip
    summaries = Summaries(cycle, ExtractId("sample"), "sample", 2)
    return SchoolCycle(prepared, summaries, report.school.name, report.cycle_title)


def _report(ref: PersonRef, language: str) -> PreparedReport:
    return PreparedReport(report=f"r-{ref}", version=1, student=ref, own_language=language, renditions=())
