"""Which academic sessions a cycle reports on: by their ids, the same for all schools or not, or by title and dates."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong

EXAMPLE = 'write session = { title = "Fall", starts = "2021-08-23", ends = "2021-12-18" }'
_LENGTH = len("2021-12-17")  # Python reads other spellings of a date too


def read_day(value: object) -> date:
    """A date of the calendar.

    Raises:
        PydanticCustomError: it is none.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == _LENGTH else "")
    except ValueError:
        raise wrong("this is no date", 'write it as "2021-12-17"') from None


Day = Annotated[date, BeforeValidator(read_day)]
NamedId = Annotated[str, Field(min_length=1)]
SchoolSessions = Annotated[
    tuple[NamedId, ...], Field(min_length=1), BeforeValidator(lambda v: [v] if isinstance(v, str) else v)
]


class SessionChoice(FrozenModel):
    """A session by its sourcedId, or those of a title, of dates, or of both, where each school has its own."""

    id: NamedId | None = None  # its sourcedId
    title: str | None = Field(None, min_length=1)  # of the sessions that are meant, in any case
    starts: Day | None = None  # their first day
    ends: Day | None = None  # the day after their last

    @model_validator(mode="before")
    @classmethod
    def _id_alone(cls, value: Any) -> Any:
        return {"id": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if self.id is not None and (self.title or self.starts or self.ends):
            raise wrong("an id says which session is meant, so a title or dates beside it do nothing",
                        "keep the id, or the title and dates", at=("id",))  # fmt: skip
        if self.id is None and self.title is None and (self.starts is None or self.ends is None):
            raise wrong("neither a title nor both dates say which sessions are meant", EXAMPLE)
        if self.starts is not None and self.ends is not None and self.ends <= self.starts:
            raise wrong("the session ends before it starts", "set ends after starts", at=("ends",))
        return self

    def __str__(self) -> str:
        dates = " to ".join(day.isoformat() if day else "…" for day in (self.starts, self.ends))
        return self.id or ", ".join(part for part in (self.title, dates.strip("… to")) if part)
