"""`[review]` of `termpost.toml`: when a school year begins, for the yearly review of the procedure."""

from datetime import date

from pydantic import Field, field_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong


class ReviewSettings(FrozenModel):
    """The year that `termpost review` counts."""

    year_starts: str = Field(
        "07-01", pattern=r"^\d{2}-\d{2}$"
    )  # month and day; on the southern half of the earth 01-01

    @field_validator("year_starts")
    @classmethod
    def _every_year(cls, text: str) -> str:
        try:
            date.fromisoformat(f"2023-{text}")
        except ValueError:
            raise wrong("this is no day of every year", 'write month and day: "07-01"') from None
        return text
