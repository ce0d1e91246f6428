"""What a report says of all courses together, where it is asked for: an average of its letters, the roll, a place."""

from collections.abc import Iterator
from fractions import Fraction

from termpost.schemas.documents.report import GradePointAverage, Report
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.documents.wording import Translator
from termpost.tasks.render.summary_sentences import attended, printed
from termpost.tasks.summarise.mark_states import INCOMPLETE
from termpost.tasks.summarise.standing.credit_average import Weighed, as_compared, credits_of, mean, two_places


def with_standing(report: Report, policy: GradingPolicy) -> Report:
    """The report with what its own printed grades come to; as it is where the policy asks for nothing.

    A student with standards of their own has no average: nothing of theirs is held against the school's scale.
    """
    if not (policy.gpa.is_on or policy.honour_roll.is_on) or not report.student.verdict:
        return report
    letters, percents = list(_letters(report, policy)), list(_percents(report, policy))
    average = mean(letters)
    gpa = (
        None
        if average is None or not policy.gpa.is_on
        else GradePointAverage(value=two_places(average), courses=len(letters))
    )
    roll = policy.honour_roll
    if average is not None:
        average = as_compared(average, policy)
    reached, least = (average, roll.gpa) if roll.gpa is not None else (mean(percents), roll.percent)
    is_on = least is not None and reached is not None and reached >= Fraction(least) and _is_settled(report)
    return report.model_copy(update={"gpa": gpa, "honour_roll": is_on})


def standing_text(report: Report, translator: Translator) -> tuple[str, ...]:
    """The same in words; nothing where there is none."""
    said = []
    if report.gpa is not None:
        value = translator.number(report.gpa.value)
        said.append(translator.plural("report", "gpa", report.gpa.courses, gpa=value))
    if report.honour_roll:
        said.append(translator.text("report", "honour_roll"))
    if report.rank is not None:
        key = f"rank_{report.rank.among}" + ("_shared" if report.rank.is_shared else "")
        place, of = translator.whole(report.rank.place), translator.whole(report.rank.of)
        said.append(translator.text("report", key, place=place, of=of))
    return tuple(said)


def _is_settled(report: Report) -> bool:
    """Whether no grade is still to come, so that none could take the student off the roll again."""
    return not any(
        course.to_follow or course.basis.too_little or course.letter == INCOMPLETE for course in attended(report)
    )


def _letters(report: Report, policy: GradingPolicy) -> Iterator[Weighed]:
    """Of courses whose printed letter has points: I, W and a pass are in no average."""
    for course in attended(report):
        times = credits_of(course.class_id, policy)
        if course.letter in policy.gpa.points and not course.to_follow and times:
            yield times, Fraction(policy.gpa.points[course.letter])


def _percents(report: Report, policy: GradingPolicy) -> Iterator[Weighed]:
    for course in attended(report):
        percent, times = printed(course, report.kind), credits_of(course.class_id, policy)
        if percent is not None and not course.to_follow and times:
            yield times, Fraction(percent)
