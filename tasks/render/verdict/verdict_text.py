"""The verdict and what a family can do now, in words: the first thing that is read of a report."""

from collections.abc import Iterable, Mapping, Sequence

from termpost.schemas.base.cycle_kinds import SO_FAR, WARNING
from termpost.schemas.documents.report import WITHOUT_GRADES, Course, Report, ScaleStep
from termpost.tasks.documents.wording import Translator, places
from termpost.tasks.render.letters import as_printed, school_shows_of
from termpost.tasks.render.summary_sentences import attended, grade_sentence
from termpost.tasks.render.verdict.course_verdicts import CourseVerdict, FamilyAction, actions_of, line_of, verdicts_of
from termpost.tasks.render.verdict.without_grades import ungraded_verdict

NAMED: tuple[CourseVerdict, ...] = ("below", "missing", "to_mark", "follows", "too_little", "no_grade", "apart")
MOST_WITH_TEACHERS = 3  # so that a line stays a line or two
NOT_YET = frozenset({"too_little", "no_grade"})  # no longer "yet" in a final report


def verdict_text(report: Report, translator: Translator) -> tuple[str, ...]:
    """One sentence, then a line for each group of courses that it does not hold for, with their names."""
    if report.layout in WITHOUT_GRADES:
        return ungraded_verdict(report, translator)
    groups, line = verdicts_of(report), line_of(report)
    there, n = len(groups.get("on_track", ())), len(attended(report))
    said = "" if line is None else line_text(line, report, translator)
    is_judged = any(name in groups for name in ("on_track", "below", "missing"))
    lines = [] if is_judged else [grade_sentence(report, translator)]
    if report.kind == WARNING:
        lines = _notice(groups, said, translator)
    elif there:
        key = f"{'on_track' if report.kind in SO_FAR else 'reached'}_{'all' if there == n else 'some'}"
        lines.append(translator.plural("verdict", key, n, there=translator.whole(there), line=said))
    for name in NAMED:
        told_already = not there and len(groups.get(name, ())) == n and name in ("no_grade", "too_little")
        if name in groups and not told_already and (name != "apart" or is_judged):
            key = f"{name}_final" if name in NOT_YET and report.kind == "final" else name
            lines.append(translator.text("verdict", key, line=said, courses=_titles(groups[name], translator)))
    return tuple(lines)


def _notice(groups: Mapping[CourseVerdict, Sequence[Course]], line: str, translator: Translator) -> list[str]:
    """What a progress notice is, and what it names besides the courses below its line."""
    also = groups.get("on_track", ())
    lines = [translator.text("verdict", "notice_line" if line else "notice", line=line)]
    return (
        [*lines, translator.text("verdict", "notice_also", line=line, courses=_titles(also, translator))]
        if also
        else lines
    )


def line_text(line: ScaleStep, report: Report, translator: Translator) -> str:
    """The school's line: `C (70%)`, or `70%` where it is no letter."""
    lower = as_printed(line.lower, school_shows_of(report), translator, places([line.lower]))
    return translator.text("verdict", "line", letter=line.letter, lower=lower) if line.letter else lower


def on_track_note(report: Report, translator: Translator) -> str:
    """What the words of the verdict mean; empty where nothing is judged."""
    line = line_of(report)
    if (
        report.layout in WITHOUT_GRADES
        or line is None
        or report.kind != "midterm"
        or not verdicts_of(report).get("on_track")
    ):
        return ""
    return translator.text("verdict", "meaning", line=line_text(line, report, translator))


def actions_text(report: Report, translator: Translator) -> tuple[str, ...]:
    """One line an action."""
    return tuple(_action(action, report, translator) for action in actions_of(report))


def _action(action: FamilyAction, report: Report, translator: Translator) -> str:
    if action.what == "hand_in":
        courses = _with_teachers(action.courses, translator)
        return translator.plural("action", "hand_in", action.pieces, courses=courses)
    return translator.text(
        "action", action.what, courses=_with_teachers(action.courses, translator),
        days=translator.number(action.days), name=report.ask.name,
    )  # fmt: skip


def _titles(courses: Iterable[Course], translator: Translator) -> str:
    return translator.joined([course.title for course in courses])


def _with_teachers(courses: Sequence[Course], translator: Translator) -> str:
    """Each course with whom to see, where they are few; the table below has the teachers of all."""
    if len(courses) > MOST_WITH_TEACHERS:
        return _titles(courses, translator)
    return translator.joined([_with_teacher(course, translator) for course in courses])


def _with_teacher(course: Course, translator: Translator) -> str:
    if not course.teachers:
        return course.title
    return translator.text("action", "course", course=course.title, teachers=", ".join(course.teachers))
