"""`[gpa]` and `[honour_roll]` of `grading.toml`: what a report says of all courses together, where it wants it."""

from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.settings.grading_rules import FinePercent, NotNegative


class GradePoints(FrozenModel):
    """What a letter is worth in an average of letters; without points there is none."""

    points: dict[str, NotNegative] = Field({})  # letter → points

    @property
    def is_on(self) -> bool:
        """Whether reports have an average."""
        return bool(self.points)


class HonourRoll(FrozenModel):
    """From which average on a student is on the honour roll; nothing given is no roll."""

    gpa: NotNegative | None = None
    percent: FinePercent | None = None  # mean of the percentages on the report

    @property
    def is_on(self) -> bool:
        """Whether there is a roll."""
        return self.gpa is not None or self.percent is not None

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.gpa is not None and self.percent is not None:
            raise wrong("the roll goes by letters or by percentages", "take one of the two out", at=("percent",))
        if Decimal(0) in (self.gpa, self.percent):
            at = ("gpa",) if self.gpa is not None else ("percent",)
            raise wrong("everybody would be on the roll", "use more than 0", at=at)
        return self


def check_standing(gpa: GradePoints, roll: HonourRoll, letters: list[str]) -> None:
    """Refuses averages that could not be made; they stand under the keys `gpa` and `honour_roll`.

    Args:
        letters: of the school's scale.
    """
    without = next((letter for letter in letters if letter not in gpa.points), None)
    if gpa.is_on and without is not None:
        what = f"the letter {without} of the scale has no points, so its courses would be left out"
        raise wrong(what, 'give every letter its points, as F = "0"', at=("gpa", "points"))
    if roll.gpa is not None and not gpa.is_on:
        raise wrong("without [gpa] there is no average of letters", "give [gpa] points too", at=("honour_roll", "gpa"))
    if roll.gpa is not None and roll.gpa > max(gpa.points.values()):
        raise wrong("no average can reach this", "use at most the points of the best letter", at=("honour_roll", "gpa"))
