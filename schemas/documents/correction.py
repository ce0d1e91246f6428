"""What a corrected report says of the one that it replaces: why, and what differs."""

from decimal import Decimal
from typing import Literal

from termpost.schemas.base.frozen import FrozenModel

CorrectionReason = Literal[
    "mark_corrected", "record_corrected", "comment_corrected", "attendance_corrected", "policy_corrected", "other"
]


class CourseChange(FrozenModel):
    """What of a course differs from the report that this one replaces."""

    course: str  # title
    what: Literal["current", "final", "letter", "added", "gone"]
    before: Decimal | str | None = None
    after: Decimal | str | None = None


class DetailChange(FrozenModel):
    """What else differs, of a course or of the report: a number of pieces or days, a level, or just that it does."""

    course: str = ""  # title; empty: of the report
    what: Literal["missing", "late", "work", "standard", "comment", "attendance"]
    part: str = ""  # title of a standard, or the key of a kind of day
    before: Decimal | str | None = None
    after: Decimal | str | None = None


class Correction(FrozenModel):
    """Why there is a new version of a report that families have."""

    replaces: int  # version
    counted: int | None = None  # the same as families count; None: made before they were counted so
    reason: CorrectionReason
    changes: tuple[CourseChange, ...]
    sections: tuple[Literal["student", "work", "standards", "comments", "attendance", "other"], ...] = ()  # besides
    details: tuple[DetailChange, ...] = ()  # what in those sections differs, where that can be said
