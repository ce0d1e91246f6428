"""When staff can be met, and the times that were made of it. About staff and no family; who has a time the log says."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.feedback.message import Id128

AVAILABILITY_FORMAT = "termpost.availability/1"
SLOTS_FORMAT = "termpost.slots/1"
MOST_TIMES = 5000  # of one person

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
VideoLink = Annotated[str, StringConstraints(max_length=500, pattern=r"^(https://[!-~]+)?$")]


class TimeSpan(FrozenModel):
    """From an instant up to another one, which is no part of it."""

    starts: AwareDatetime
    ends: AwareDatetime

    @model_validator(mode="after")
    def _ends_later(self) -> "TimeSpan":
        if self.ends <= self.starts:
            raise ValueError("it ends before it begins")
        return self

    def overlaps(self, other: "TimeSpan") -> bool:
        """Whether they share any time; what only touches does not."""
        return self.starts < other.ends and other.starts < self.ends


class OpenTime(TimeSpan):
    """In which somebody can be met."""

    any_hour: bool = False  # outside the office's hours too


class StaffAvailability(FrozenModel):
    """When one person can be met, and where."""

    format: Literal["termpost.availability/1"] = "termpost.availability/1"
    open: tuple[OpenTime, ...] = Field((), max_length=MOST_TIMES)  # none: the office's hours, as far as `read_until`
    busy: tuple[TimeSpan, ...] = Field((), max_length=MOST_TIMES)  # by their calendar; nothing of what it says else
    read_until: AwareDatetime | None = None  # up to when the calendar was read
    room: ShortText = ""
    link: VideoLink = ""  # of their video calls


class MeetingSlot(TimeSpan):
    """A time that was offered to somebody once."""

    id: Id128
    room: ShortText = ""
    link: VideoLink = ""


class StaffSlots(FrozenModel):
    """Those of one person."""

    format: Literal["termpost.slots/1"] = "termpost.slots/1"
    slots: tuple[MeetingSlot, ...] = ()
