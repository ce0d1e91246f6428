"""What a report says: every string of it, in order, so that the PDF and the page cannot say different things."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator

from schemas.report import Course, Frozen, Report, Work
from tasks.render.colour import NIGHT, NIGHT_PANEL, PANEL, readable
from tasks.render.glance import glance
from tasks.render.wording import Words, places, visible, words

Shown = Annotated[str, AfterValidator(visible)]


class Value(Frozen):
    """A value as printed. Where it is absent, `text` is a dash and a word."""

    text: Shown
    absent: bool = False


class Field(Frozen):
    """A label and its value."""

    label: Shown
    value: Value


class WorkRow(Frozen):
    title: Shown
    due: Value
    state: Shown
    mark: Value


class CourseRow(Frozen):
    title: Shown
    teachers: Shown
    current: Value
    final: Value
    letter: Value
    graded: Shown
    missing: str
    late: str
    counts: Shown
    work_caption: Shown
    work: tuple[WorkRow, ...]
    comment: tuple[Shown, ...]  # paragraphs


class Link(Frozen):
    """`href` is empty where the address may not be followed."""

    text: Shown
    note: Shown
    address: Shown
    href: str
    leaves: bool  # opens elsewhere: the page may be shown inside another one


class Sheet(Frozen):
    """A report in words, for a template that adds none."""

    language: str
    direction: str
    paper: str
    colours: dict[str, str]
    labels: dict[str, str]
    absent: dict[str, str]  # what is said where there is nothing
    document: Shown  # title of the file: no name in it
    title: Shown
    cycle: Shown
    school: Shown
    institution: Shown
    student: Shown
    facts: tuple[Field, ...]
    glance: tuple[Shown, ...]
    notes: tuple[Shown, ...]
    courses: tuple[CourseRow, ...]
    has_work: bool
    has_comments: bool
    attendance_title: str
    attendance: tuple[Field, ...]
    scale: Shown
    method: Shown
    ask: Shown
    contact: tuple[Link, ...]
    policies: tuple[Link, ...]
    stamp: str


def _mark(work: Work, said: Words) -> Value:
    possible = None if work.possible is None else said.number(work.possible)
    if work.score is None:
        text = said.say("absent", "mark_of", possible=possible) if possible else said.say("absent", "mark")
        return Value(text=text, absent=True)
    score = said.number(work.score)
    return Value(text=said.say("report", "mark_of", score=score, possible=possible) if possible else score)


def _work(work: Work, said: Words) -> WorkRow:
    due = Value(text=said.say("absent", "due"), absent=True)
    if work.due is not None:
        due = Value(text=said.short_day(work.due))
    return WorkRow(title=work.title, due=due, state=said.say("report", f"state_{work.state}"), mark=_mark(work, said))


def _course(course: Course, said: Words, shown: int, last: bool) -> CourseRow:
    ending = "_final" if last else ""
    if course.to_follow:
        ending = "_follows"
    none = Value(text=said.say("absent", f"grade{ending}"), absent=True)

    def grade(value: Decimal | None) -> Value:
        return none if value is None else Value(text=said.percent(value, shown))

    graded, missing, late = (
        said.say("absent", "count") if course.to_follow else said.whole(n)
        for n in (course.graded, course.missing, course.late)
    )
    counts = said.say("report", "counts", graded=graded, missing=missing, late=late)
    return CourseRow(
        title=course.title,
        teachers=", ".join(course.teachers),
        current=grade(course.current),
        final=grade(course.final),
        letter=Value(text=course.letter or said.say("absent", f"letter{ending}"), absent=not course.letter),
        graded=graded,
        missing=missing,
        late=late,
        counts=said.say("absent", "counts_follow") if course.to_follow else counts,
        work_caption=said.say("report", "work_in", course=course.title),
        work=tuple(_work(work, said) for work in course.work),
        comment=tuple(line.strip() for line in (course.comment or "").splitlines() if line.strip()),
    )


def _facts(report: Report, said: Words) -> tuple[Field, ...]:
    level = report.student.grade_level
    number = said.whole(report.version)
    version = said.say("report", "version_value", n=number)
    if report.version > 1:
        version = said.say("report", "version_replaces", n=number, old=said.whole(report.version - 1))
    values = {
        "number": Value(text=report.student.number),
        "grade_level": Value(text=level or said.say("absent", "grade_level"), absent=not level),
        "session": Value(text=report.session_title),
        "cutoff": Value(text=said.day(report.cutoff)),
        "version": Value(text=version),
    }
    return tuple(Field(label=said.say("report", key), value=value) for key, value in values.items())


def _attendance(report: Report, said: Words) -> tuple[str, tuple[Field, ...]]:
    found = report.attendance
    if found is None:
        return said.say("report", "attendance"), ()
    days = {
        "absent_excused": found.absent_excused,
        "absent_unexcused": found.absent_unexcused,
        "days_late": found.late,
        "other": found.other,
    }
    title = said.say("report", "attendance_dates", dates=said.span(found.first, found.last))
    rows = (Field(label=said.say("report", key), value=Value(text=said.whole(n))) for key, n in days.items())
    return title, tuple(rows)


def _scale(report: Report, said: Words) -> str:
    if not report.scale:
        return said.say("absent", "scale")
    shown = places([step.lower for step in report.scale])
    steps = (
        said.say("report", "scale_step", letter=s.letter, lower=said.percent(s.lower, shown))
        for s in sorted(report.scale, key=lambda step: step.lower, reverse=True)
    )
    return said.say("report", "scale_text", steps=", ".join(steps))


def _links(report: Report, said: Words) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    ask, contact = report.ask, []
    if ask.email:
        label = said.say("report", "email")
        contact.append(Link(text=label, note="", address=ask.email, href=f"mailto:{ask.email}", leaves=False))
    if ask.phone:
        contact.append(Link(text=said.say("report", "phone"), note="", address=ask.phone, href="", leaves=False))
    policies = (
        Link(
            text=policy.title,
            note=said.say("report", "policy_version", version=policy.version) if policy.version else "",
            address=policy.url,
            # a settings file is no reason to let a page run `javascript:`
            href=policy.url if policy.url.startswith(("https://", "http://")) else "",
            leaves=True,
        )
        for policy in report.policies
    )
    return tuple(contact), tuple(policies)


def _colours(school: str) -> dict[str, str]:
    """The school's own colour for rules, two readable kin of it for words, and the grounds."""
    return {
        "accent": school,
        "ink": readable(school, PANEL),
        "ink_night": readable(school, NIGHT_PANEL),
        "panel": PANEL,
        "night": NIGHT,
        "night_panel": NIGHT_PANEL,
    }


def make_sheet(report: Report) -> Sheet:
    """A report in words. Percentages show as many places as the fullest one; nothing is rounded."""
    said = words(report.language)
    last = report.kind == "final"
    grades = [g for c in report.courses for g in (c.current, c.final) if g is not None]
    courses = tuple(_course(c, said, places(grades), last) for c in report.courses)
    attendance_title, attendance = _attendance(report, said)
    contact, policies = _links(report, said)
    title = said.say("report", "title_final" if last else "title")
    return Sheet(
        language=report.language,
        direction=said.direction,
        paper=report.paper,
        colours=_colours(report.school.colour),
        labels=said.labels("report"),
        absent=said.labels("absent"),
        document=f"{title} · {report.cycle_title} · {report.school.name}",
        title=title,
        cycle=report.cycle_title,
        school=report.school.name,
        institution=report.school.institution,
        student=report.student.name,
        facts=_facts(report, said),
        glance=glance(report, said),
        notes=report.notes,
        courses=courses,
        has_work=any(course.work for course in courses),
        has_comments=any(course.comment for course in courses),
        attendance_title=attendance_title,
        attendance=attendance,
        scale=_scale(report, said),
        method=report.method,
        ask=said.say("report", "ask", name=report.ask.name, until=said.day(report.query_until)),
        contact=contact,
        policies=policies,
        stamp=report.stamp,
    )
