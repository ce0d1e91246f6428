"""By when the procedure is reviewed: each year on the day that the last review set, and within thirty days of a change
of what it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from termpost.schemas.log.entry import EntryKind, Logged

REVIEW_KINDS: Final[tuple[EntryKind, ...]] = ("review_signed", "policy_acknowledged", "settings_changed")
AFTER_CHANGE: Final = timedelta(days=30)
YEARLY: Final = timedelta(days=365)
ReviewCause = Literal["yearly", "setting", "procedure"]


@dataclass(frozen=True)
class ReviewDue:
    """The next one."""

    due: date
    cause: ReviewCause
    what: str  # the setting that changed first; empty
    since: date | None  # when that was; None: yearly
    is_overdue: bool


def review_due(entries: Iterable[Logged], today: date) -> ReviewDue | None:
    """What comes first: the day that the last signature set, or thirty days after the first change since.

    A change is `settings_changed` that says what the setting was before, of the law or the procedure's text too, and a
    procedure that staff acknowledge and that is another than was signed. Before a first review, one is due a year after
    the first of these entries; a home's first settings are no change. None: nothing was ever said.

    Args:
        entries: REVIEW_KINDS, oldest first; others change nothing.
    """
    begun: date | None = None
    yearly: date | None = None
    is_signed, text = False, ""  # digest of the procedure that whoever signed acknowledged with it
    change: tuple[date, ReviewCause, str] | None = None
    for entry in entries:
        day = entry.day.date()
        if entry.kind not in REVIEW_KINDS:
            continue
        begun = begun or day
        if entry.kind == "review_signed":
            is_signed, text, change = True, "", None
            yearly = date.fromisoformat(entry.due) if entry.due else day + YEARLY
        elif entry.kind == "policy_acknowledged" and not text:
            text = entry.digest or ""
        elif is_signed and change is None:
            change = _change(entry, text, day)
    if begun is None:
        return None
    due = yearly or begun + YEARLY
    if change is None or change[0] + AFTER_CHANGE >= due:
        return ReviewDue(due, "yearly", "", None, due < today)
    since, cause, what = change
    due = since + AFTER_CHANGE
    return ReviewDue(due, cause, what, since, due < today)


def _change(entry: Logged, text: str, day: date) -> tuple[date, ReviewCause, str] | None:
    if entry.kind == "settings_changed" and entry.previous:
        return day, "setting", entry.reason or ""
    if entry.kind == "policy_acknowledged" and entry.digest != text:
        return day, "procedure", ""
    return None
