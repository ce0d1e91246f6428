"""By when the procedure is reviewed: each year on the day that the last review set, and within thirty days of a change
of what it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from termpost.schemas.log.entry import EntryKind, Logged
from termpost.schemas.log.review.school_year import year_after

REVIEW_KINDS: Final[tuple[EntryKind, ...]] = ("review_signed", "policy_acknowledged", "settings_changed")
AFTER_CHANGE: Final = timedelta(days=30)
ReviewCause = Literal["yearly", "setting", "procedure"]


@dataclass(frozen=True)
class ReviewDue:
    """The next one."""

    due: date
    cause: ReviewCause
    what: str  # the setting that changed first; empty
    since: date | None  # when that was; None: yearly
    is_overdue: bool


def review_due(entries: Iterable[Logged], today: date, began: date) -> ReviewDue:
    """What comes first: the day that the last signature set, or thirty days after the first change since.

    A change is `settings_changed` that says what the setting was before, of the law or the procedure's text too, and a
    procedure that staff acknowledge and that is another than was signed. Before a first signature the yearly review is
    due a year after the home began; a change counts from the first time that somebody acknowledged the procedure: a
    home that is being set up changes every day, and nobody works by it yet.

    Args:
        entries: REVIEW_KINDS, oldest first; others change nothing.
        began: the day of the log's first entry.
    """
    yearly = year_after(began)
    is_in_force, text = False, ""  # digest of the procedure that was acknowledged first, or with the last signature
    change: tuple[date, ReviewCause, str] | None = None
    for entry in entries:
        day = entry.day.date()
        if entry.kind not in REVIEW_KINDS:
            continue
        if entry.kind == "review_signed":
            is_in_force, text, change = True, "", None
            yearly = date.fromisoformat(entry.due) if entry.due else year_after(day)
        elif entry.kind == "policy_acknowledged" and not text:
            is_in_force, text = True, entry.digest or ""
        elif is_in_force and change is None:
            change = _change(entry, text, day)
    if change is None or change[0] + AFTER_CHANGE >= yearly:
        return ReviewDue(yearly, "yearly", "", None, yearly < today)
    since, cause, what = change
    due = since + AFTER_CHANGE
    return ReviewDue(due, cause, what, since, due < today)


def _change(entry: Logged, text: str, day: date) -> tuple[date, ReviewCause, str] | None:
    if entry.kind == "settings_changed" and entry.previous:
        return day, "setting", entry.reason or ""
    if entry.kind == "policy_acknowledged" and entry.digest != text:
        return day, "procedure", ""
    return None
