"""What a report says: every string of it, in order, so that the PDF and the page cannot say different things."""

from collections.abc import Mapping
from typing import Final

from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.report import WITHOUT_GRADES, Report
from termpost.schemas.documents.said import SaidIn
from termpost.tasks.documents.colour import NIGHT, NIGHT_PANEL, PANEL, readable
from termpost.tasks.documents.locale.telephone import dialled
from termpost.tasks.documents.printed import PrintedValue, VisibleText
from termpost.tasks.documents.wording import Translator, name_alone, translator_for
from termpost.tasks.documents.words.joints import joints
from termpost.tasks.documents.words.report_words import in_words_of
from termpost.tasks.documents.words.translation_note import translation_note
from termpost.tasks.documents.words.verification_text import VerificationText, verification_text
from termpost.tasks.render.attendance_view import attendance_view
from termpost.tasks.render.corrections.correction_text import corrected_text
from termpost.tasks.render.course_row import CommentText, CourseRow, comment_text, course_row, has_beside, shared_places
from termpost.tasks.render.letters import has_letters, legend, scale_text
from termpost.tasks.render.standing import standing_text
from termpost.tasks.render.summary_sentences import work_sentences
from termpost.tasks.render.verdict.verdict_text import actions_text, on_track_note, verdict_text

UNDER_NAME: Final = ("grade_level", "cutoff")  # of the facts; the rest stand last on a report


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
    document: VisibleText  # title of the file: no name in it
    title: VisibleText
    school: VisibleText
    institution: VisibleText
    student: VisibleText
    under_name: tuple[VisibleText, ...]  # grade, and up to when marks count
    facts: tuple[Field, ...]
    about: tuple[Field, ...]  # those that stand last on a report
    note: tuple[SaidIn, ...]  # last, where nobody has reviewed this translation
    in_own: VisibleText  # "the report in" the school's language
    verdict: tuple[VisibleText, ...]  # one sentence, then whom it does not hold for
    actions: tuple[VisibleText, ...]  # what a family can do now
    corrected: tuple[VisibleText, ...]  # why there is a new version, and what changed
    notes: tuple[VisibleText, ...]
    sections: tuple[str, ...]
    courses: tuple[CourseRow, ...]
    grade_label: VisibleText
    beside_label: VisibleText  # empty: no such column
    has_letters: bool
    has_grades: bool  # else there is no table of courses
    is_large: bool  # in large type
    columns: VisibleText
    has_work: bool
    no_work: VisibleText  # said where no piece is listed
    standing: tuple[VisibleText, ...]  # what all courses come to together
    has_categories: bool
    has_standards: bool
    has_percents: bool  # of standards; a column that is empty for all goes away
    has_levels: bool
    levels: VisibleText  # what they are, best first
    has_comments: bool
    homeroom: CommentText | None
    attendance_title: str
    attendance: tuple[Field, ...]
    attendance_text: VisibleText  # in a sentence; empty where nothing is recorded
    attendance_said: tuple[tuple[str, PrintedValue], ...]  # the figures of that sentence, by kind of day
    attendance_note: VisibleText  # empty: all of the record is in the days
    scale: VisibleText
    method: VisibleText
    ask: VisibleText
    other_ways: VisibleText
    contact: tuple[PrintedLink, ...]
    policies: tuple[PrintedLink, ...]
    verification: VerificationText | None
    stamp: str


def _facts(report: Report, translator: Translator) -> dict[str, Field]:
    """What is on record of the report; of a grade that is not recorded, and of a first version, nothing."""
    n, old = translator.whole(report.counted_version), translator.whole(report.counted_version - 1)
    values = {
        "number": report.student.number,
        "grade_level": report.student.grade_level,
        "session": report.session_title,
        "cutoff": None if report.layout in WITHOUT_GRADES else translator.day(report.cutoff),
        "version": translator.text("report", "version_replaces", n=n, old=old) if report.correction else None,
    }
    return {
        key: Field(label=translator.text("report", key), value=PrintedValue(text=value))
        for key, value in values.items() if value
    }  # fmt: skip


def _title(report: Report, translator: Translator) -> str:
    """The school's own title of the cycle, else kind and term."""
    if report.cycle_title != report.session_title:
        return report.cycle_title
    kind = translator.text("report", f"title_{report.kind}")
    return translator.text("report", "title_term", title=kind, term=report.session_title)


def _under_name(facts: Mapping[str, Field], translator: Translator) -> tuple[str, ...]:
    found = (facts[key] for key in UNDER_NAME if key in facts)
    return tuple(f"{fact.label} {translator.isolated(fact.value.text)}" for fact in found)


def _columns(report: Report, translator: Translator) -> str:
    """What the table of courses needs said: what its numbers are, and codes that are on no scale."""
    only_marked = report.kind in SO_FAR and all(course.basis.missing_at is None for course in report.courses)
    said = [translator.text("report", "columns_current")] if only_marked else []
    codes = legend(report, translator)
    meaning = on_track_note(report, translator)
    said += [text for text in (meaning, translator.text("report", "columns"), codes) if text]
    return translator.paragraph(said)


def _grade_label(report: Report, translator: Translator) -> str:
    """The heading of the grades: where none is there yet, that is said (law 11). A kind of report may have none."""
    return translator.text("report", "current" if report.kind in SO_FAR else "final")


def _levels(report: Report, translator: Translator) -> str:
    """What the levels of standards are, where that is all there is to read them by."""
    if report.layout not in WITHOUT_GRADES or not report.standard_levels:
        return ""
    return translator.text("report", "standard_levels", levels=translator.joined(report.standard_levels))


def _no_work(report: Report, translator: Translator) -> str:
    return translator.paragraph(work_sentences(report, translator))


def _links(report: Report, translator: Translator) -> tuple[tuple[PrintedLink, ...], tuple[PrintedLink, ...]]:
    ask, contact = report.ask, []
    if ask.email:
        label = translator.text("report", "email")
        contact.append(PrintedLink(text=label, note="", address=ask.email, href=f"mailto:{ask.email}", leaves=False))
    if ask.phone:
        contact.append(
            PrintedLink(
                text=translator.text("report", "phone"),
                note="",
                address=translator.figure(ask.phone),
                href=dialled(ask.phone, report.country),
                leaves=False,
            )
        )
    policies = (
        PrintedLink(
            text=policy.title,
            note=translator.text("report", "policy_version", version=policy.version) if policy.version else "",
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


def _other_ways(report: Report, translator: Translator) -> str:
    if len(report.languages) == 1:
        return translator.text("report", "other_paper", name=report.ask.name)
    # each by its own name, so that whoever cannot read this one finds theirs
    names = translator.joined([name_alone(language) for language in report.languages])
    return translator.text("report", "other_languages", languages=names, name=report.ask.name)


def report_views(report: Report, language: str) -> tuple[ReportView, ...]:
    """The report in one language; where nobody has reviewed that, also in the school's own, for the screen alone.

    Raises:
        InputError: the language has no words.
    """
    own = report.languages[0]
    first = report_view_of(report, language)
    return (first, report_view_of(report, own)) if first.note else (first,)


def report_view_of(report: Report, language: str) -> ReportView:
    """A report in words. Percentages show as many places as the fullest one; nothing is rounded."""
    translator, own = translator_for(language, report.country), report.languages[0]
    shown = shared_places(report.courses, report.kind)
    was, report = report, in_words_of(report, language)
    pairs = zip(report.courses, was.courses, strict=True)
    courses = tuple(course_row(c, report, translator, language, shown, old.title) for c, old in pairs)
    attendance = attendance_view(report, translator)
    contact, policies = _links(report, translator)
    title, facts = _title(report, translator), _facts(report, translator)
    return ReportView(
        language=language,
        direction=translator.direction,
        paper=report.paper,
        colours=_colours(report.school.colour),
        logo=report.school.logo,
        labels=translator.labels("report") | joints(translator),
        document=f"{title} · {report.school.name}",
        title=title,
        school=report.school.name,
        institution=report.school.institution,
        student=_name(report),
        under_name=_under_name(facts, translator),
        facts=tuple(facts.values()),
        about=tuple(field for key, field in facts.items() if key not in UNDER_NAME),
        note=translation_note(language, own, report.reviewed, report.ask.name, was.ask.name),
        in_own=translator.text("report", "in_language", language=translator.name_of(own)),
        verdict=verdict_text(report, translator),
        actions=actions_text(report, translator),
        corrected=corrected_text(report, translator),
        notes=tuple(translator.message(note) for note in report.notes),
        sections=report.sections,
        courses=courses,
        grade_label=_grade_label(report, translator),
        beside_label=translator.text("report", "if_nothing_more") if has_beside(report) else "",
        has_letters=has_letters(report) and any(not course.letter.absent for course in courses),
        has_grades=bool(courses) and report.layout not in WITHOUT_GRADES,
        is_large=report.layout == "early-years" or report.text_size == "large",
        columns=_columns(report, translator),
        has_work=any(course.work for course in courses),
        no_work=_no_work(report, translator),
        standing=standing_text(report, translator),
        has_categories=any(course.categories for course in courses),
        has_standards=any(course.standards for course in courses),
        has_percents=any(one.percent for course in courses for one in course.standards),
        has_levels=any(not one.level.absent for course in courses for one in course.standards),
        levels=_levels(report, translator),
        has_comments=any(course.comment for course in courses) or report.homeroom_comment is not None,
        homeroom=comment_text(report.homeroom_comment, report, translator, language),
        attendance_title=attendance.title,
        attendance=tuple(Field(label=label, value=value) for label, value in attendance.days),
        attendance_text=attendance.sentence,
        attendance_said=attendance.said,
        attendance_note=attendance.note,
        scale=scale_text(report, translator),
        method=translator.paragraph([translator.message(sentence) for sentence in report.method]),
        ask=translator.paragraph(
            [
                translator.text("report", "ask", name=report.ask.name),
                translator.text("report", "any_time"),
                translator.text("report", "interpreter"),
            ]
        ),
        other_ways=_other_ways(report, translator),
        contact=contact,
        policies=policies,
        verification=verification_text(report.verification, translator),
        stamp=report.stamp,
    )


def _name(report: Report) -> str:
    """The name on record, after the one in use where that may go home."""
    student = report.student
    return f"{student.preferred} ({student.name})" if student.preferred else student.name
