"""Where papers are asked for by name: what each needs, and who makes it."""

from collections.abc import Callable
from dataclasses import dataclass

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.report import Report
from termpost.schemas.log.asking_days import TELLING, told_until
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.tasks.channels.meeting.meetings import wanted_at_meetings
from termpost.tasks.distribute.plan import make_plan
from termpost.tasks.documents.words.school_words import HomeWords, words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.home.slip_numbers import slip_number
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.agreed_meetings import agreed_meetings
from termpost.tasks.papers.class_list import make_class_list, unknown_class
from termpost.tasks.papers.code_letter import make_code_letters
from termpost.tasks.papers.code_office import refuse_other_way
from termpost.tasks.papers.code_recipients import code_letters_of
from termpost.tasks.papers.conference import make_conference_sheets
from termpost.tasks.papers.family_guide import make_family_guide
from termpost.tasks.papers.feedback_form import make_feedback_form
from termpost.tasks.papers.paper_languages import paper_languages
from termpost.tasks.papers.prepared import reports_in, schools_of
from termpost.tasks.papers.procedure_paper.make import make_privacy, make_procedure
from termpost.tasks.papers.records.other_parent import make_other_parent_letters
from termpost.tasks.papers.sample import make_sample_report
from termpost.tasks.papers.schedule import make_schedule


@dataclass(frozen=True)
class Asked:
    """What was named beside the paper."""

    cycle: str | None = None
    class_id: str | None = None
    student: str | None = None  # the school's id, or the reference
    language: str | None = None  # BCP 47
    all_languages: bool = False


@dataclass(frozen=True)
class PaperKind:
    """One of the papers."""

    says: str  # what it is, in a few words
    make: Callable[[Home, Asked], bytes]
    needs: tuple[str, ...] = ()  # of Asked
    takes: tuple[str, ...] = ()


def make_paper(home: Home, name: str, asked: Asked) -> bytes:
    """The PDF of a paper.

    Raises:
        InputError: `missing-option`, `needless-option`, `unknown-cycle`, `not-prepared`, `unknown-class`,
            `unknown-person`, `no-report`, `no-such-language`, `not-that-way`, `nobody-to-write-to`, or where no font
            covers a character.
    """
    kind = PAPERS[name]
    options = {
        CYCLE: asked.cycle, CLASS: asked.class_id, STUDENT: asked.student, LANGUAGE: asked.language,
        ALL_LANGUAGES: asked.all_languages or None,
    }  # fmt: skip
    for option, value in options.items():
        if value is None and option in kind.needs:
            raise InputError("missing-option", f"this paper needs {option}", f"paper {name}", f"add {option} ID")
        if value is not None and option not in kind.needs + kind.takes:
            raise InputError("needless-option", f"this paper takes no {option}", f"paper {name}", f"leave {option} out")
    return kind.make(home, asked)


def _class_list(home: Home, asked: Asked) -> bytes:
    with open_lake(home.lake) as lake:
        found = [(s.name, reports_in(home, lake, s, s.students)) for s in schools_of(home, lake, asked.cycle or "")]
    return make_class_list(home.settings, [(name, tuple(of.values())) for name, of in found], asked.class_id)


def _conference_sheet(home: Home, asked: Asked) -> bytes:
    """Of one student, of one class, or else of everyone of whom somebody asked for a meeting or agreed on one."""
    if asked.student and asked.class_id:
        raise InputError("needless-option", "a conference-sheet is of one student or of one class",
                         "paper conference-sheet", "leave --student or --class out")  # fmt: skip
    agreed = agreed_meetings(home)
    with open_lake(home.lake) as lake:
        schools = schools_of(home, lake, asked.cycle or "")
        only = _student(home, asked.student) if asked.student else None
        found: dict[PersonRef, Report] = {}
        for school in schools:
            if only or asked.class_id:
                students = [only] if only else list(school.students)
            else:
                extract_id = ExtractId(school.prepared.extract_id)
                wanted = set(wanted_at_meetings(home, lake, extract_id, school.students)) | agreed.keys()
                students = [ref for ref in school.students if ref in wanted]
            found |= reports_in(home, lake, school, students)
    if asked.class_id:
        found = {ref: one for ref, one in found.items() if any(c.class_id == asked.class_id for c in one.courses)}
    if found:
        sheets = [(report, facts) for ref, report in found.items() for facts in agreed.get(ref, [()])]
        return make_conference_sheets(home.settings, [one for one, _ in sheets], [facts for _, facts in sheets])
    if only:
        raise _no_report()
    if asked.class_id:
        raise unknown_class()
    raise InputError(
        "nobody-asked", "nobody with the right asked for a meeting in contacts.csv, and no meeting is agreed on",
        "paper conference-sheet", "give --student ID or --class ID; `termpost meetings list` says who still chooses",
    )  # fmt: skip


def _code_letter(home: Home, asked: Asked) -> bytes:
    instead = 'make slips with `termpost codes issue`, or add "post" to [codes] by of termpost.toml'
    refuse_other_way(home, "post", "paper code-letter", instead)
    only = _student(home, asked.student) if asked.student else None
    with open_lake(home.lake) as lake:
        schools_of(home, lake, asked.cycle or "")
        letters = code_letters_of(home, lake, asked.cycle or "", only)
    if not letters:
        raise InputError(
            "nobody-to-write-to", "nobody has the right today and a postal address", "paper code-letter",
            "see `termpost recipients` for who would get what, and why not",
        )  # fmt: skip
    return make_code_letters(home.settings, letters, home.today, _words(home))


def _student(home: Home, student: str) -> PersonRef:
    ref = home.people.find(student)
    if ref is None:
        raise InputError("unknown-person", "nobody has this id", "--student", "use an id of users.csv")
    return ref


def _no_report() -> InputError:
    what = "the student has no report in this cycle"
    return InputError("no-report", what, "--student", "see `termpost holds` and `termpost status`")


def _feedback_form(home: Home, asked: Asked) -> bytes:
    cycle = _asked_until(home, asked.cycle) if asked.cycle else None
    country = home.calendar.country
    if not asked.student:
        return make_feedback_form(
            home.settings, cycle, home.today, country, _languages(home, asked), words=_words(home)
        )
    if cycle is None:
        raise InputError("missing-option", "a form for a student's family needs --cycle, by which its rights go",
                         "paper feedback-form", "add --cycle ID")  # fmt: skip
    if asked.language or asked.all_languages:
        raise InputError("needless-option", "a form for a student's family is in its languages",
                         "paper feedback-form", "leave --language and --all-languages out")  # fmt: skip
    only = _student(home, asked.student)
    with open_lake(home.lake) as lake:
        schools_of(home, lake, cycle.id)
        parcels = make_plan(home, lake, cycle.id, frozenset({only})).parcels
    offered = home.settings.institution.languages
    forms = sorted(
        (offered.index(parcel.language), slip_number(home, one.report, one.version, parcel.recipient), parcel.language)
        for parcel in parcels for one in parcel.reports if one.student == only
    )  # fmt: skip
    if not forms:
        raise _no_report()
    languages, slips = [language for _, _, language in forms], [slip for _, slip, _ in forms]
    return make_feedback_form(home.settings, cycle, home.today, country, languages, slips, _words(home))


def _asked_until(home: Home, cycle_id: str) -> CycleDates:
    """The cycle, with the day until which families were told, or will be, that they may ask."""
    cycle = home.calendar.cycle(cycle_id)
    state, until = home.state(cycle.id), told_until(home.clocks, cycle.id, home.log.entries(*TELLING))
    if until < home.today and not state.released_students:  # planned, and late
        until = home.clocks.ask_until(home.today, cycle.id)
    return cycle.model_copy(update={"query_until": until})


def _languages(home: Home, asked: Asked) -> tuple[str, ...]:
    offered = home.settings.institution.languages
    return paper_languages(offered, asked.language, all_of_them=asked.all_languages)


def _words(home: Home) -> HomeWords:
    return words_of_home(home.path, home.settings.institution.languages)


def _other_parent(home: Home, asked: Asked) -> bytes:
    return make_other_parent_letters(home, _student(home, asked.student or ""))


def _sample_report(home: Home, asked: Asked) -> bytes:
    (language,) = _languages(home, asked)
    return make_sample_report(home.settings, home.policy, home.calendar, home.today, language, _words(home))


def _schedule(home: Home, asked: Asked) -> bytes:
    return make_schedule(home.settings, home.calendar, home.today, _languages(home, asked), _words(home))


def _family_guide(home: Home, asked: Asked) -> bytes:
    languages = _languages(home, asked)
    return make_family_guide(home.settings, home.today, home.calendar.country, languages, _words(home))


def _procedure(home: Home, _asked: Asked) -> bytes:
    return make_procedure(home.settings, home.calendar, home.law, home.retention, home.today)


def _privacy(home: Home, _asked: Asked) -> bytes:
    return make_privacy(home.settings, home.calendar, home.law, home.retention, home.today)


CYCLE, CLASS, STUDENT, LANGUAGE, ALL_LANGUAGES = "--cycle", "--class", "--student", "--language", "--all-languages"
PAPERS: dict[str, PaperKind] = {
    "class-list": PaperKind("classes for their teachers' proof-reading", _class_list, (CYCLE,), (CLASS,)),
    "conference-sheet": PaperKind("a sheet for each meeting", _conference_sheet, (CYCLE,), (CLASS, STUDENT)),
    "code-letter": PaperKind("access codes, to be sent by post", _code_letter, (CYCLE,), (STUDENT,)),
    "family-guide": PaperKind("how one reads, asks and meets", _family_guide, (), (LANGUAGE, ALL_LANGUAGES)),
    "feedback-form": PaperKind(
        "a form to fill in by hand", _feedback_form, (), (CYCLE, STUDENT, LANGUAGE, ALL_LANGUAGES)
    ),
    "other-parent": PaperKind(
        "letters to whom the child lives with, about the other parent's request", _other_parent, (STUDENT,)
    ),
    "privacy": PaperKind("drafts of the yearly notices, and the record of processing", _privacy),
    "procedure": PaperKind("the procedure, with this home's settings in it", _procedure),
    "sample-report": PaperKind("the report of an invented student", _sample_report, (), (LANGUAGE,)),
    "schedule": PaperKind("the distribution schedule", _schedule, (), (LANGUAGE, ALL_LANGUAGES)),
}
