"""A law pack: what one place asks of a school, as lines of data, each with where it stands and who compared it.

A line that nobody at the school has compared with the law is *unverified*: it may make a rule stricter, never looser
(`HomeLaw`), and `doctor` and the yearly review name it. None of this is legal advice.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Literal, Self

from pydantic import Field, StrictBool, StrictInt, field_validator, model_validator
from termpost.schemas.base.cycle_kinds import CycleKind
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.settings.calendar import Calendar

CountedDays = Literal["days", "office-days", "school-days", "months"]
RequiredSection = Literal["comments", "attendance", "discussion"]


class LawLine(FrozenModel):
    """What every line has."""

    source: str = Field(min_length=4)  # as lawyers cite it
    says: str = Field("", max_length=400)  # in plain words, for the procedure on paper and the review
    checked_by: str = ""  # who compared it with the law, and when; in packs that ship with termpost empty


class AnswerDays(LawLine):
    """By when somebody who asks has the answer."""

    count: StrictInt = Field(ge=1, le=366)
    counted: CountedDays = "days"

    def due(self, received: date, calendar: Calendar) -> date:
        """The last day, for what came on that day of the school's."""
        match self.counted:
            case "days":
                return received + timedelta(days=self.count)
            case "months":
                return _months_later(received, self.count)
        counts: Callable[[date], bool] = (
            calendar.is_office_day if self.counted == "office-days" else calendar.is_teaching_day
        )
        return calendar.add_days(received, self.count, counts)


class ReportedWithin(LawLine):
    """How soon an authority hears of an incident."""

    hours: StrictInt = Field(ge=1, le=24 * 90)

    @property
    def within(self) -> timedelta:
        """The same as a span."""
        return timedelta(hours=self.hours)


class RegularWarnings(LawLine):
    """How often families of students who do not pass hear of it."""

    weeks: StrictInt = Field(ge=1, le=52)


class OtherParentWait(LawLine):
    """What a parent whom the child does not live with is given: asked for each year, once the other parent was told and
    so many days have gone."""

    days: StrictInt = Field(ge=1, le=366)


class CaregiverRight(LawLine):
    """What a caregiver with an affidavit on file may have: the reports, or the records as a guardian. A line gives
    nothing by itself: without the paper there is no right."""

    relations: tuple[str, ...] = Field(min_length=1)  # words of contacts.csv, in small letters
    gives: Literal["reports", "records"]

    @field_validator("relations")
    @classmethod
    def _small(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        for word in words:
            if not word or word != word.strip().lower():
                raise wrong("a relation is not in small letters", 'write it as "caregiver"', at=("relations",))
        return words


class RequiredSections(LawLine):
    """What reports of some kinds must have."""

    kinds: tuple[CycleKind, ...] = Field(min_length=1)
    sections: tuple[RequiredSection, ...] = Field(min_length=1)


class ErasureRight(LawLine):
    """Whether somebody may ask to be erased; where not, a duty must be named."""

    exists: StrictBool


class KeptFor(LawLine):
    """How long a kind of record stays: at least so long, or at most."""

    kind: str = Field(min_length=1)  # in words: "student record"
    years: StrictInt = Field(ge=1, le=100)
    after: str = Field(min_length=1)  # "the student left"
    bound: Literal["at-least", "at-most"]


class Duty(LawLine):
    """What people must do, which no setting can do for them."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    says: str = Field(min_length=1, max_length=400)


class LawPack(FrozenModel):
    """One file of `schemas/settings/law/packs/`, or of `law/` in a home."""

    place: str = Field(pattern=r"^[A-Z]{2,4}(-[A-Z0-9]{1,3})?$")  # US, US-TX, GB-ENG; GDPR for many countries
    title: str = Field(min_length=1)
    extends: str = ""  # the place whose lines apply too
    countries: tuple[str, ...] = ()  # of a law of many countries
    access: AnswerDays | None = None
    incident: ReportedWithin | None = None
    erasure: ErasureRight | None = None
    warning: RegularWarnings | None = None
    other_parent: OtherParentWait | None = None
    caregiver: CaregiverRight | None = None
    required: tuple[RequiredSections, ...] = ()
    kept: tuple[KeptFor, ...] = ()
    duty: tuple[Duty, ...] = ()

    @model_validator(mode="after")
    def _no_circle(self) -> Self:
        if self.extends == self.place:
            raise wrong("a pack extends itself", "name the wider place, or leave extends out", at=("extends",))
        ids = [one.id for one in self.duty]
        for position, name in enumerate(ids):
            if name in ids[:position]:
                raise wrong("two duties have this id", "give each its own", at=("duty", position, "id"))
        return self

    def lines(self) -> Iterator[tuple[str, LawLine]]:
        """Every line with its name: `US.access`, `US-TX.duty.signature`, `GB-ENG.required.1`."""
        for name in ("access", "incident", "erasure", "warning", "other_parent", "caregiver"):
            line: LawLine | None = getattr(self, name)
            if line is not None:
                yield f"{self.place}.{name}", line
        for name, group in (("required", self.required), ("kept", self.kept)):
            for number, one in enumerate(group, 1):
                yield f"{self.place}.{name}.{number}", one
        for one in self.duty:
            yield f"{self.place}.duty.{one.id}", one


def _months_later(day: date, count: int) -> date:
    """The same day of a later month, or its last one (Regulation 1182/71, article 3(2)(c))."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    after_year, after = divmod(year * 12 + month + 1, 12)
    last = date(after_year, after + 1, 1) - timedelta(days=1)
    return date(year, month + 1, min(day.day, last.day))
