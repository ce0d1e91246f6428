"""The sample report (section 8 of the procedure): a student who does not exist, in the school's own look and rules."""

from datetime import date, timedelta
from decimal import Decimal

from termpost.schemas.documents.report import (
    Attendance,
    Comment,
    Contact,
    Course,
    GradeBasis,
    Phrase,
    Report,
    School,
    Student,
    Work,
)
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.clocks import Clocks
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.stamp import stamped
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.documents.words.report_words import with_words
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords
from termpost.tasks.render.grading_method_text import method_of
from termpost.tasks.render.pdf import make_pdf
from termpost.tasks.render.verdict.on_track_line import on_track_line

TERM = timedelta(days=90)
FULL = Decimal(100)  # per cent
# grade, graded, missing, late; the titles are in the language's words
COURSES: tuple[tuple[str, str | None, int, int, int], ...] = (
    ("mathematics", "81.25", 14, 1, 0),
    ("language", "78.4", 9, 0, 1),
    ("science", "92", 11, 0, 0),
    ("history", "84.75", 10, 0, 0),
    ("art", None, 0, 0, 0),
)


def sample_report(
    settings: Settings, policy: GradingPolicy, calendar: Calendar, today: date, language: str | None = None,
    words: HomeWords = NO_WORDS,
) -> Report:  # fmt: skip
    """The report of the invented student, as of a day; what she is called and takes is in the language it is for."""
    institution = settings.institution
    translator = translator_for(language or institution.languages[0], calendar.country)
    title = translator.text("sample", "cycle")
    report = Report(
        languages=institution.languages,
        reviewed=settings.languages.reviewed,
        sections=settings.report.sections("end_of_term"),
        text_size=settings.report.text_size,
        paper=settings.channels.print.paper,
        country=calendar.country,
        cycle_id="sample",
        cycle_title=title,
        session_title=title,
        kind="end_of_term",
        cutoff=today,
        version=1,
        school=School(name=institution.name, institution=institution.name, colour=institution.colours.primary),
        student=Student(name=translator.text("sample", "student"), number="000000"),
        courses=tuple(_course(translator, policy, today, *row) for row in COURSES),
        attendance=Attendance(
            first=today - TERM,
            last=today,
            present=Decimal(58),
            absent_excused=Decimal(1),
            absent_unexcused=Decimal(0),
            late=2,
        ),
        scale=policy.steps,
        scale_is_exact=policy.scale_by == "exact",
        on_track_at=on_track_line(settings.report.on_track_at, policy.steps),
        method=method_of(policy, {}, "end_of_term"),
        query_until=Clocks(calendar, settings.feedback).ask_until(today),
        ask=institution.ask or Contact(name=institution.name),
        policies=institution.policies,
        notes=(Phrase(key="sample.note"),),
    )
    return with_words(report, words)


def _course(
    translator: Translator, policy: GradingPolicy, today: date, key: str, grade: str | None, graded: int, missing: int,
    late: int,
) -> Course:  # fmt: skip
    work = []
    if missing:
        work.append(Work(title=translator.text("sample", "homework"), due=today, state="missing", possible=Decimal(10)))
    if late:
        work.append(
            Work(
                title=translator.text("sample", "essay"),
                due=today,
                state="late",
                score=Decimal(17),
                possible=Decimal(20),
            )
        )
    percent = None if grade is None else policy.rounding.apply(Decimal(grade))
    deducted = policy.missing.deduct_percent
    return Course(
        class_id=key, title=translator.text("sample", key), teachers=(translator.text("sample", f"teacher_{key}"),),
        current=None, final=percent, letter=policy.letter(percent),
        basis=GradeBasis(missing_at=Decimal(0) if deducted is None else FULL - deducted),
        graded=graded, missing=missing, late=late, work=tuple(work),
        comment=_comment(translator) if key == "science" else None,
    )  # fmt: skip


def _comment(translator: Translator) -> Comment:
    return Comment(text=translator.text("sample", "comment"), language=str(translator.locale).replace("_", "-"))


def make_sample_report(
    settings: Settings, policy: GradingPolicy, calendar: Calendar, today: date, language: str | None = None,
    words: HomeWords = NO_WORDS,
) -> bytes:  # fmt: skip
    """That report as PDF/UA-1 in a language, the school's own without one; every page of it stamped as a sample."""
    language = language or settings.institution.languages[0]
    report = sample_report(settings, policy, calendar, today, language, words)
    return stamped(make_pdf(report, language), translator_for(language).text("sample", "stamp"), language, today)
