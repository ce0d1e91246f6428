"""The sections of `grading.toml`: what each may say."""

import re
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, model_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong

_DECIMAL = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
_MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "truncate": ROUND_DOWN}


def _exact(value: object) -> Decimal:
    """Text or a whole number. A TOML float is binary: 89.95 would not be 89.95 any more."""
    if isinstance(value, Decimal):  # a policy made from a policy
        return value
    if isinstance(value, float):
        raise wrong("a decimal is written as a number, which would lose exactness", 'put it in quotes, as "89.95"')
    if not isinstance(value, (str, int)) or not _DECIMAL.fullmatch(str(value)):
        raise wrong("this is no decimal", 'write it in quotes, as "89.95"')
    number = Decimal(str(value))
    # "90" and "90.0" are one policy, so one content version
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _not_negative(value: object) -> Decimal:
    number = _exact(value)
    if number < 0:
        raise wrong("this may not be negative", "use 0 or more")
    return number


def _percent(value: object) -> Decimal:
    number = _not_negative(value)
    if number > 100:  # noqa: PLR2004 - per cent
        raise wrong("this is more than 100 per cent", "use 0 to 100")
    return number


def _fine_percent(value: object) -> Decimal:
    number = _percent(value)
    if number != round(number, 4):  # so that a mark less this percentage is still an exact decimal
        raise wrong("this has more than four decimals", 'write it with fewer, as "2.5"')
    return number


def _item_weight(value: object) -> Decimal:
    number = _not_negative(value)
    if number == 0:
        raise wrong("a piece that counts 0 times does not count", "name it under [omit] line_items instead")
    return number


Exact = Annotated[Decimal, BeforeValidator(_exact)]
NotNegative = Annotated[Decimal, BeforeValidator(_not_negative)]
FinePercent = Annotated[Decimal, BeforeValidator(_fine_percent)]
ItemWeight = Annotated[Decimal, BeforeValidator(_item_weight)]
Count = Annotated[StrictInt, Field(ge=0)]
Better = Literal["high", "low"]  # which end of what a mark may be is the better one


class Rounding(FrozenModel):
    """How a percentage is cut to what is printed."""

    places: StrictInt = Field(2, ge=0, le=6)
    mode: Literal["half-up", "half-even", "down", "truncate"] = "half-up"

    def apply(self, value: Decimal) -> Decimal:
        """Rounds an exact decimal."""
        with localcontext(prec=60):
            return value.quantize(Decimal(1).scaleb(-self.places), rounding=_MODES[self.mode])


CategoryAggregate = Literal["points", "mean", "median", "lowest", "highest", "mode", "most_recent", "decaying"]
ONE_BY_ONE = frozenset({"mode", "most_recent", "decaying"})  # where dropping a mark would change which one it hangs on


class CategoryRule(FrozenModel):
    """A category of line items, by title or sourcedId."""

    weight: NotNegative | None = None  # in the course's grade; all weights together need not be 100
    aggregate: CategoryAggregate = "points"
    decay_percent: FinePercent | None = None  # of "decaying": what the newest mark counts; None: 65
    drop_lowest: Count = 0  # so many marks, chosen so that the rest gives the highest percentage
    drop_highest: Count = 0  # so many of the highest
    keep_highest: Count = 0  # 0: off
    never_drop: tuple[str, ...] = ()  # line items
    # line items that add points and nothing to what is possible; true: the whole category, whose share goes on top
    extra_credit: StrictBool | tuple[str, ...] = ()
    item_weights: dict[str, ItemWeight] = Field({})  # line item → how often it counts; 1 where none is given
    better: Better | None = None  # of its marks; None: as for the class
    drop_all: Literal["keep-one", "keep-none"] = "keep-one"  # what too many drops leave
    beside: StrictBool = False  # its marks count in no grade and are printed apart: effort, behaviour
    scale: dict[str, NotNegative] = Field({})  # of a category beside the grades: its own words, best first

    @property
    def is_on_top(self) -> bool:
        """Whether all of the category is extra credit."""
        return self.extra_credit is True

    @property
    def extra_items(self) -> tuple[str, ...]:
        """Line items that are extra credit in a category that is not."""
        return () if isinstance(self.extra_credit, bool) else self.extra_credit

    @property
    def decay(self) -> Decimal:
        """What the newest mark counts, in per cent, where older ones decay."""
        return Decimal(65) if self.decay_percent is None else self.decay_percent

    def refuse_what_cannot_be_placed(self, at: tuple[str, ...]) -> None:
        """Keys that do nothing beside the others: judged of the rule as a whole, since a class may give a part of it.

        Raises:
            PydanticCustomError: the first of them, below `at`.
        """
        adds = self.aggregate in ("points", "mean")
        if self.item_weights and not adds:
            what = f'"{self.aggregate}" knows no weight of a single piece'
            raise wrong(what, 'use aggregate = "points" or "mean", or take item_weights out', at=(*at, "item_weights"))
        if self.extra_items and not adds:
            what = f'extra credit of a single piece adds nothing to "{self.aggregate}"'
            raise wrong(what, 'use aggregate = "points" or "mean", or take extra_credit out', at=(*at, "extra_credit"))

        if self.beside and self.weight is not None:
            what = "a category beside the grades counts in none, so it has no weight"
            raise wrong(what, "take weight out, or beside", at=(*at, "weight"))
        if self.beside and self.extra_credit:
            what = "a category beside the grades adds nothing to one"
            raise wrong(what, "take extra_credit out, or beside", at=(*at, "extra_credit"))
        if self.scale and not self.beside:
            what = "a category that counts in a grade has no scale of its own"
            raise wrong(what, "take it out, or say beside = true", at=(*at, "scale"))
        drop = next((key for key in ("drop_lowest", "drop_highest", "keep_highest") if getattr(self, key)), None)
        if drop and self.aggregate in ONE_BY_ONE:
            what = f'beside "{self.aggregate}" a better mark could change what is dropped, and lower the grade'
            raise wrong(what, f"take {drop} out, or use another aggregate", at=(*at, drop))
        if self.decay_percent is not None and self.aggregate != "decaying":
            what = f'"{self.aggregate}" does not decay'
            raise wrong(what, 'use aggregate = "decaying", or take it out', at=(*at, "decay_percent"))
        if self.decay_percent == 0:
            raise wrong("only the oldest mark would count", "use more than 0", at=(*at, "decay_percent"))

    @model_validator(mode="after")
    def _on_top_is_whole(self) -> Self:
        check_scale(self.scale)
        if self.is_on_top and (self.drop_lowest or self.drop_highest or self.keep_highest):
            raise wrong("extra credit is never dropped", "take the drops off, or extra_credit", at=("extra_credit",))
        return self


class Late(FrozenModel):
    """What lateness costs; no rule without `percent_per_interval`."""

    percent_per_interval: FinePercent | None = None  # of what is possible, for each interval begun
    interval: Literal["hour", "day"] = "day"
    floor_percent: FinePercent = Decimal(0)
    by_score_date: StrictBool = False  # a score after the due date is late, where the extract has no flag for late work


class Missing(FrozenModel):
    """What a missing mark costs; no rule without `deduct_percent`."""

    deduct_percent: FinePercent | None = None  # 100: missing work counts 0


class Floor(FrozenModel):
    """The least that counts, in per cent; what is left out, or 0, is off."""

    mark_percent: FinePercent | None = None  # of a mark
    category_percent: FinePercent | None = None  # of a category's grade, where categories are weighted
    period_percent: FinePercent | None = None  # of a weighted grading period's grade
    missing: StrictBool = False  # missing work too counts with the floor of a mark


class Unmarked(FrozenModel):
    """Work that the school has still to mark, in a cycle whose grades are final."""

    share: StrictInt = Field(50, ge=1, le=100)  # per cent of a class without a mark, from which one asks for the piece
    follow_after: StrictInt = Field(2, ge=0, le=30)  # office days before release; what is open then is "to follow"


class Period(FrozenModel):
    """A grading period within a longer session."""

    weight: NotNegative | None = None  # of this period in the course's grade


class Concern(FrozenModel):
    """From when on a student is pointed out to the teacher; what is left out is off, all left out is no rule."""

    below_percent: FinePercent | None = None  # a course's grade
    fall_percent: FinePercent | None = None  # percentage points since the previous cycle
    missing_items: Annotated[StrictInt, Field(ge=1)] | None = None  # of all courses together
    absent_days: Annotated[StrictInt, Field(ge=1)] | None = None  # excused and unexcused, of the cycle

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.fall_percent == 0:
            raise wrong("no change would be a fall", "use more than 0", at=("fall_percent",))
        return self


def check_scale(scale: dict[str, Decimal]) -> None:
    """Refuses a scale that is unsound, with the step where it is; it stands under the key `scale`."""
    previous: Decimal | None = None
    for letter, lower in scale.items():
        if letter != letter.strip() or not letter:
            raise wrong("a letter is empty or has spaces around it", "write the letter alone", at=("scale", letter))
        if previous is not None and lower == previous:
            raise wrong("two letters have the same lower bound", "give each its own", at=("scale", letter))
        if previous is not None and lower > previous:
            raise wrong("the lower bounds do not descend", "begin with the best letter", at=("scale", letter))
        previous = lower
    if previous:
        remedy = 'give the last letter the lower bound "0"'
        raise wrong(f"the scale has a gap: below {previous} there is no letter", remedy, at=("scale", list(scale)[-1]))


def check_show_of(of: Decimal, rounding: Rounding) -> None:
    """Refuses a number of points of which a printed grade is no percentage with six decimals, as a third is none."""
    if of == 0:
        raise wrong("nothing is a part of 0", 'give a number, as "20"', at=("show_of",))
    if (Fraction(100) / Fraction(of) * 10 ** (6 - rounding.places)).denominator != 1:
        what = "a grade of so many points, with these places, is no percentage of six decimals"
        raise wrong(what, "use 4, 5, 10 or 20 with fewer places, or letters by [scale]", at=("show_of",))


class Standards(FrozenModel):
    """How marks on a learning objective become one."""

    rule: Literal["latest", "highest", "points"] = "latest"  # "points": all points of the objective together
    mastery: FinePercent = Decimal(80)
    scale: dict[str, NotNegative] = Field({})  # level → lower bound, best first
    titles: dict[str, str] = Field({})  # learning objective → what families read; without one its id

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_scale(self.scale)
        return self


class Omit(FrozenModel):
    """Practice: line items that never count."""

    line_items: tuple[str, ...] = ()  # ids
