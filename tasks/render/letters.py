"""What the letters on a report mean: the school's scale, a class's own, and codes that are on neither."""

from collections.abc import Sequence
from decimal import Decimal

from termpost.schemas.documents.report import Course, OwnScale, Report, ScaleStep
from termpost.tasks.documents.wording import Translator, places

# letters of their own meaning wherever they are used (`code.…`); what is on a scale is explained there
CODES = ("I", "P", "NP", "F", "W", "WP", "WF", "NC", "CR", "AU", "S", "U", "IP", "NG", "EX", "TR")
PASS, NO_PASS = "P", "NP"


def scale_text(report: Report, translator: Translator) -> str:
    """From which percentage upward each letter is earned."""
    if not report.scale:
        return translator.text("report", "scale_own") if has_letters(report) else translator.text("absent", "scale")
    text = translator.text("report", "scale_text", steps=translator.joined(_steps(report.scale, translator)))
    if not report.scale_is_exact:
        return text
    return translator.paragraph([text, translator.text("report", "scale_exact")])


def own_scale_text(scale: OwnScale, translator: Translator) -> str:
    """The letters of one class in one line."""
    if not scale.steps:
        return translator.text("course", "no_letters")
    steps = _descending(scale.steps)
    said = _steps(steps, translator)
    if len(steps) > 1 and not steps[-1].lower:
        said[-1] = translator.text("course", "below", letter=steps[-1].letter)
    text = translator.text("course", "own_scale", steps=translator.joined(said))
    return translator.paragraph([text, translator.text("report", "scale_exact")]) if scale.is_exact else text


def _steps(scale: Sequence[ScaleStep], translator: Translator) -> list[str]:
    shown = places([step.lower for step in scale])
    return [
        translator.text("report", "scale_step", letter=step.letter, lower=translator.percent(step.lower, shown))
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
