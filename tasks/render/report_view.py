"""What a report says: every string of it, in order, so that the PDF and the page cannot say different things."""

from decimal import Decimal

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.report import CourseChange, Report
from termpost.tasks.documents.colour import NIGHT, NIGHT_PANEL, PANEL, readable
from termpost.tasks.documents.printed import PrintedValue, VisibleText
from termpost.tasks.documents.wording import Words, name_alone, places, words
from termpost.tasks.render.course_row import CommentText, CourseRow, comment_text, course_row
from termpost.tasks.render.summary_sentences import glance, last_report


class Field(FrozenModel):
    """A label and its value."""

    label: VisibleText
    value: PrintedValue


class PrintedLink(FrozenModel):
    """`href` is empty where the address may not be followed."""

    text: VisibleText
    note: VisibleText
    address: VisibleText
    href: str
    leaves: bool  # opens elsewhere: the page may be shown inside another one


class ReportView(FrozenModel):
    """A report in words, for a template that adds none."""

    language: str
    direction: str
    paper: str
    colours: dict[str, str]
    logo: str  # SVG, or empty
    labels: dict[str, str]
    absent: dict[str, str]  # what is said where there is nothing
    document: VisibleText  # title of the file: no name in it
    title: VisibleText
    cycle: VisibleText
    school: VisibleText
    institution: VisibleText
    student: VisibleText
    facts: tuple[Field, ...]
    draft: VisibleText  # said where nobody has reviewed this translation
    follows: VisibleText  # heading of the same report in the school's language
    glance: tuple[VisibleText, ...]
    corrected: tuple[VisibleText, ...]  # why there is a new version, and what changed
    notes: tuple[VisibleText, ...]
    sections: tuple[str, ...]
    courses: tuple[CourseRow, ...]
    trend_note: VisibleText
    has_trend: bool
    has_work: bool
    has_standards: bool
    has_comments: bool
    homeroom: CommentText | None
    attendance_title: str
    attendance: tuple[Field, ...]
    scale: VisibleText
    method: VisibleText
    ask: VisibleText
    other_ways: VisibleText
    contact: tuple[PrintedLink, ...]
    policies: tuple[PrintedLink, ...]
    stamp: str


def _facts(report: Report, said: Words) -> tuple[Field, ...]:
    level = report.student.grade_level
    number = said.whole(report.version)
    version = said.say("report", "version_value", n=number)
    if report.correction:
        version = said.say("report", "version_replaces", n=number, old=said.whole(report.correction.replaces))
    values = {
        "number": PrintedValue(text=report.student.number),
        "grade_level": PrintedValue(text=level or said.say("absent", "grade_level"), absent=not level),
        "session": PrintedValue(text=report.session_title),
        "cutoff": PrintedValue(text=said.day(report.cutoff)),
        "version": PrintedValue(text=version),
    }
    return tuple(Field(label=said.say("report", key), value=value) for key, value in values.items())


def _attendance(report: Report, said: Words) -> tuple[str, tuple[Field, ...]]:
    found = report.attendance
    if found is None:
        return said.say("report", "attendance"), ()
    days = {
        "present": found.present,
        "absent_excused": found.absent_excused,
        "absent_unexcused": found.absent_unexcused,
        "days_late": found.late,
        "other": found.other,
    }
    title = said.say("report", "attendance_dates", dates=said.span(found.first, found.last))
    nothing = PrintedValue(text=said.say("absent", "days"), absent=True)
    rows = (
        Field(label=said.say("report", key), value=nothing if n is None else PrintedValue(text=said.whole(n)))
        for key, n in days.items()
    )
    return title, tuple(rows)


def _scale(report: Report, said: Words) -> str:
    if not report.scale:
        return said.say("absent", "scale")
    shown = places([step.lower for step in report.scale])
    steps = (
        said.say("report", "scale_step", letter=s.letter, lower=said.percent(s.lower, shown))
        for s in sorted(report.scale, key=lambda step: step.lower, reverse=True)
    )
    return said.say("report", "scale_text", steps=said.joined(list(steps)))


def _links(report: Report, said: Words) -> tuple[tuple[PrintedLink, ...], tuple[PrintedLink, ...]]:
    ask, contact = report.ask, []
    if ask.email:
        label = said.say("report", "email")
        contact.append(PrintedLink(text=label, note="", address=ask.email, href=f"mailto:{ask.email}", leaves=False))
    if ask.phone:
        contact.append(
            PrintedLink(
                text=said.say("report", "phone"), note="", address=said.figure(ask.phone), href="", leaves=False
            )
        )
    policies = (
        PrintedLink(
            text=policy.title,
            note=said.say("report", "policy_version", version=said.figure(policy.version)) if policy.version else "",
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


def _corrected(report: Report, said: Words) -> tuple[str, ...]:
    """Why there is a new version, then one line a course that changed."""
    correction = report.correction
    if correction is None:
        return ()
    reason = said.say("reason", correction.reason)
    lines = [said.say("report", "corrected_text", old=said.whole(correction.replaces), reason=reason)]
    courses = dict.fromkeys(found.course for found in correction.changes)
    lines += [_changed(course, [c for c in correction.changes if c.course == course], said) for course in courses]
    if correction.sections:
        titles = said.joined([said.say("report", "other" if s == "other" else s) for s in correction.sections])
        lines.append(said.say("report", "changed_other", sections=titles))
    return tuple(lines)


def _changed(course: str, changes: list[CourseChange], said: Words) -> str:
    for found in changes:
        if found.what in ("added", "gone"):
            return said.say("report", f"changed_{found.what}", course=course)

    def written(value: Decimal | str | None, what: str) -> str:
        if value is None:
            return said.say("absent", "letter_final" if what == "letter" else "grade_final")
        return said.exact_percent(value) if isinstance(value, Decimal) else value

    told = [
        said.say(
            "report", "changed_value", what=said.say("report", found.what), before=written(found.before, found.what),
            after=written(found.after, found.what),
        )
        for found in changes
    ]  # fmt: skip
    return said.say("report", "changed_course", course=course, changes=said.joined(told))


def _other_ways(report: Report, said: Words) -> str:
    if len(report.languages) == 1:
        return said.say("report", "other_paper", name=report.ask.name)
    # each by its own name, so that whoever cannot read this one finds theirs
    names = said.joined([name_alone(language) for language in report.languages])
    return said.say("report", "other_languages", languages=names, name=report.ask.name)


def make_sheets(report: Report, language: str) -> tuple[ReportView, ...]:
    """The report in one language; in a draft language followed by the same in the school's own.

    Raises:
        InputError: the language has no words.
    """
    own = report.languages[0]
    first = make_sheet(report, language)
    return (first, make_sheet(report, own)) if first.draft else (first,)


def make_sheet(report: Report, language: str) -> ReportView:
    """A report in words. Percentages show as many places as the fullest one; nothing is rounded."""
    said, own = words(language), report.languages[0]
    last = report.kind == "final"
    grades = [g for c in report.courses for g in (c.current, c.final) if g is not None]
    courses = tuple(course_row(c, report, said, language, places(grades)) for c in report.courses)
    attendance_title, attendance = _attendance(report, said)
    contact, policies = _links(report, said)
    title = said.say("report", "title_final" if last else "title")
    before = last_report(report)
    is_draft = said.is_draft and language != own
    return ReportView(
        language=language,
        direction=said.direction,
        paper=report.paper,
        colours=_colours(report.school.colour),
        logo=report.school.logo,
        labels=said.labels("report"),
        absent=said.labels("absent"),
        document=f"{title} · {report.cycle_title} · {report.school.name}",
        title=title,
        cycle=report.cycle_title,
        school=report.school.name,
        institution=report.school.institution,
        student=_name(report),
        facts=_facts(report, said),
        draft=said.say("report", "draft_text", language=said.name_of(own)) if is_draft else "",
        follows=said.say("report", "follows", language=said.name_of(language)),
        glance=glance(report, said),
        corrected=_corrected(report, said),
        notes=tuple(said.tell(note) for note in report.notes),
        sections=report.sections,
        courses=courses,
        trend_note=said.say("report", "trend_note", day=said.day(before)) if before else "",
        has_trend=any(course.trend.chart for course in courses),
        has_work=any(course.work for course in courses),
        has_standards=any(course.standards for course in courses),
        has_comments=any(course.comment for course in courses) or report.homeroom_comment is not None,
        homeroom=comment_text(report.homeroom_comment, report, said, language),
        attendance_title=attendance_title,
        attendance=attendance,
        scale=_scale(report, said),
        method=said.paragraph([said.tell(sentence) for sentence in report.method]),
        ask=said.say("report", "ask", name=report.ask.name, until=said.day(report.query_until)),
        other_ways=_other_ways(report, said),
        contact=contact,
        policies=policies,
        stamp=report.stamp,
    )


def _name(report: Report) -> str:
    """The name on record, after the one in use where that may go home."""
    student = report.student
    return f"{student.preferred} ({student.name})" if student.preferred else student.name
