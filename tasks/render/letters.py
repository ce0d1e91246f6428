"""The form of grades, and what letters mean: the school's scale, a class's own, and codes that are on neither."""

from collections.abc import Sequence
from decimal import Decimal

from termpost.schemas.documents.report import Course, OwnScale, Report, ScaleStep
from termpost.tasks.documents.printed import PrintedValue
from termpost.tasks.documents.wording import Translator, places

# letters of their own meaning wherever they are used (`code.…`); what is on a scale is explained there
CODES = ("I", "P", "NP", "F", "W", "WP", "WF", "NC", "CR", "AU", "S", "U", "IP", "NG", "EX", "TR")
PASS, NO_PASS = "P", "NP"


def scale_text(report: Report, translator: Translator) -> str:
    """From which percentage upward each letter is earned; empty where there are none."""
    if not report.scale:
        return translator.text("report", "scale_own") if has_letters(report) else ""
    show_of = school_shows_of(report)
    key = "scale_text" if show_of is None else "scale_text_points"
    text = translator.text("report", key, steps=translator.joined(_steps(report.scale, show_of, translator)))
    if not report.scale_is_exact:
        return text
    return translator.paragraph([text, translator.text("report", "scale_exact")])


def own_scale_text(scale: OwnScale, show_of: Decimal | None, translator: Translator) -> str:
    """The letters of one class in one line."""
    if not scale.steps:
        return translator.text("course", "no_letters")
    steps = _descending(scale.steps)
    said = _steps(steps, show_of, translator)
    if len(steps) > 1 and not steps[-1].lower:
        said[-1] = translator.text("course", "below", letter=steps[-1].letter)
    text = translator.text("course", "own_scale", steps=translator.joined(said))
    return translator.paragraph([text, translator.text("report", "scale_exact")]) if scale.is_exact else text


def _steps(scale: Sequence[ScaleStep], show_of: Decimal | None, translator: Translator) -> list[str]:
    shown = places([step.lower for step in scale])
    return [
        translator.text(
            "report", "scale_step", letter=step.letter, lower=as_printed(step.lower, show_of, translator, shown)
        )
        for step in _descending(scale)
    ]


def _descending(scale: Sequence[ScaleStep]) -> list[ScaleStep]:
    return sorted(scale, key=lambda step: step.lower, reverse=True)


def looked_up(percent: Decimal, scale: Sequence[ScaleStep]) -> ScaleStep | None:
    """The step that a percentage reaches."""
    return next((step for step in _descending(scale) if percent >= step.lower), None)


def scale_of(course: Course, report: Report) -> tuple[ScaleStep, ...]:
    """The scale that a course's letter is on."""
    return report.scale if course.own_scale is None else course.own_scale.steps


def has_letters(report: Report) -> bool:
    """Whether the report has a column for letters."""
    return bool(report.scale) or any(course.letter or scale_of(course, report) for course in report.courses)


def legend(report: Report, translator: Translator) -> str:
    """The codes on the report that its scale does not explain, in words; empty where there is none."""
    known = {step.letter for step in report.scale}
    words: dict[str, str] = {}
    for course in report.courses:
        own = course.own_scale.steps if course.own_scale else ()
        letters = [step.letter for step in own] + ([course.letter] if course.letter else [])
        for letter in letters:
            if letter not in known and (code := _code(letter, own)):
                words[letter] = translator.text("code", code)
    if not words:
        return ""
    said = [translator.text("report", "code", code=letter, word=word) for letter, word in words.items()]
    return translator.text("report", "codes", codes=translator.joined(said))


def _code(letter: str, own: Sequence[ScaleStep]) -> str | None:
    """The code that a letter is; what stands below P in a class of two letters is no pass, whatever it is called."""
    if len(own) == 2 and _descending(own)[0].letter == PASS and letter == _descending(own)[1].letter:  # noqa: PLR2004
        return NO_PASS
    return letter.upper() if letter.upper() in CODES else None


def as_printed(value: Decimal, show_of: Decimal | None, translator: Translator, shown: int | None) -> str:
    """With `shown` decimal places where it is in per cent; None: as many as it has."""
    if show_of is not None:
        points = translator.number(in_points(value, show_of))
        return translator.figure(f"{points}/{translator.number(show_of)}")
    return translator.exact_percent(value) if shown is None else translator.percent(value, shown)


def grade_figure(value: Decimal, show_of: Decimal | None, translator: Translator, shown: int | None) -> PrintedValue:
    """The same beside the figure itself."""
    return PrintedValue(text=as_printed(value, show_of, translator, shown), exact=in_points(value, show_of), of=show_of)


def in_points(value: Decimal, show_of: Decimal | None) -> Decimal:
    """Points of so many, or the percentage."""
    return value if show_of is None else (value * show_of / 100).normalize()


def school_shows_of(report: Report) -> Decimal | None:
    """What grades on the school's own scale are points of: where the courses on it agree, else they are in per cent."""
    forms = {course.show_of for course in report.courses if course.own_scale is None}
    return forms.pop() if len(forms) == 1 else None
