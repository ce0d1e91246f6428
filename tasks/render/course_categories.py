"""What a report says of a course by category: what its grade is made of, and what stands beside it, in words."""

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.report import CategoryPart, Course
from termpost.tasks.documents.printed import PrintedValue, VisibleText
from termpost.tasks.documents.wording import Translator, places


class CategoryRow(FrozenModel):
    title: VisibleText
    weight: PrintedValue
    result: VisibleText
    marks: str


def category_rows_of(course: Course, translator: Translator) -> tuple[CategoryRow, ...]:
    """A row for each category; percentages with the same decimal places."""
    shown = places([part.percent for part in course.categories])
    return tuple(_row(part, translator, shown) for part in course.categories)


def _row(part: CategoryPart, translator: Translator, shown: int) -> CategoryRow:
    title = part.title
    if part.period:
        title = translator.text("report", "category_in_period", category=part.title, period=part.period)
    return CategoryRow(
        title=title,
        weight=_weight(part, translator),
        result=part.word or translator.percent(part.percent, shown),
        marks=translator.whole(part.marks),
    )


def _weight(part: CategoryPart, translator: Translator) -> PrintedValue:
    if part.weight is not None:
        return PrintedValue(text=translator.exact_percent(part.weight))
    return PrintedValue(text=translator.text("absent", "beside" if part.is_beside else "weight"), absent=True)
