"""Attendance on a report: the days of each kind, and what of the record is in none of them."""

from dataclasses import dataclass
from decimal import Decimal

from termpost.schemas.documents.report import Attendance, Report
from termpost.tasks.documents.printed import PrintedValue
from termpost.tasks.documents.wording import Translator

RARE = frozenset({"absent_unstated", "part_day", "other"})  # printed where there are any


@dataclass(frozen=True)
class AttendanceView:
    """Title, days by their label, and a sentence below them; no days where there is no record."""

    title: str
    days: tuple[tuple[str, PrintedValue], ...] = ()
    note: str = ""
    sentence: str = ""  # the same in one sentence, without what is nought
    said: tuple[tuple[str, PrintedValue], ...] = ()  # the days that the sentence has a figure for, by kind


def attendance_view(report: Report, translator: Translator) -> AttendanceView:
    """In the words of one language."""
    found = report.attendance
    if found is None:
        return AttendanceView(translator.text("report", "attendance"))
    nothing = PrintedValue(text=translator.text("absent", "days"), absent=True)
    days = tuple(
        (translator.text("report", key), nothing if n is None else PrintedValue(text=translator.number(n)))
        for key, n in _days(found).items()
        if n != 0 or key not in RARE
    )
    return AttendanceView(
        translator.text("report", "attendance_dates", dates=translator.span(found.first, found.last)),
        days,
        translator.plural("report", "attendance_left_out", found.left_out) if found.left_out else "",
        _sentence(found, translator),
        () if _always_there(found) else tuple(
            (key, PrintedValue(text=translator.number(n), exact=n)) for key, n in _days(found).items() if n
        ),
    )  # fmt: skip


def _always_there(found: Attendance) -> bool:
    """Whether nothing is recorded but presence: the sentence has no figure then."""
    return [key for key, n in _days(found).items() if n] == ["present"] and not found.left_out


def _sentence(found: Attendance, translator: Translator) -> str:
    """The days of each kind there is; empty where the record says nothing of the student."""
    days = {key: n for key, n in _days(found).items() if n}
    dates = translator.span(found.first, found.last)
    if _always_there(found):
        return translator.text("attendance", "always", dates=dates)
    if not days:
        return ""
    parts = translator.joined([translator.text("attendance", key, n=translator.number(n)) for key, n in days.items()])
    return translator.text("attendance", "said", dates=dates, parts=parts)


def _days(found: Attendance) -> dict[str, Decimal | None]:
    return {
        "present": found.present,
        "absent_excused": found.absent_excused,
        "absent_unexcused": found.absent_unexcused,
        "absent_unstated": found.absent_unstated,
        "part_day": Decimal(found.part),
        "days_late": Decimal(found.late),
        "other": Decimal(found.other),
    }
