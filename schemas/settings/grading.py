"""`grading.toml`: the grading policy, versioned by its content."""

import hashlib
import json
import re
from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, StrictBool, StrictInt, model_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.documents.report import ScaleStep
from termpost.schemas.settings.toml_lines import TomlPath
from termpost.schemas.settings.toml_source import Source, build, read_source, with_environment

POLICY_FORMAT = "termpost.grading/1"
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


Exact = Annotated[Decimal, BeforeValidator(_exact)]
NotNegative = Annotated[Decimal, BeforeValidator(_not_negative)]
FinePercent = Annotated[Decimal, BeforeValidator(_fine_percent)]
Count = Annotated[StrictInt, Field(ge=0)]


class Rounding(FrozenModel):
    """How a percentage is cut to what is printed."""

    places: StrictInt = Field(2, ge=0, le=6)
    mode: Literal["half-up", "half-even", "down", "truncate"] = "half-up"

    def apply(self, value: Decimal) -> Decimal:
        """Rounds an exact decimal."""
        with localcontext(prec=60):
            return value.quantize(Decimal(1).scaleb(-self.places), rounding=_MODES[self.mode])


class CategoryRule(FrozenModel):
    """A category of line items, by title or sourcedId."""

    weight: NotNegative | None = None
    aggregate: Literal["points", "mean", "median", "lowest", "highest"] = "points"
    drop_lowest: Count = 0
    drop_highest: Count = 0
    keep_highest: Count = 0  # 0: off
    never_drop: tuple[str, ...] = ()  # line items
    extra_credit: tuple[str, ...] = ()  # line items that add points and nothing to what is possible
    drop_all: Literal["keep-one", "keep-none"] = "keep-one"


class Late(FrozenModel):
    """What lateness costs; no rule without `percent_per_interval`."""

    percent_per_interval: FinePercent | None = None
    interval: Literal["hour", "day"] = "day"
    floor_percent: FinePercent = Decimal(0)
    by_score_date: StrictBool = True  # a score after the due date is late, where the extract has no flag for late work


class Missing(FrozenModel):
    """What a missing mark costs; no rule without `deduct_percent`."""

    deduct_percent: FinePercent | None = None


class Period(FrozenModel):
    """A grading period within a longer session."""

    weight: NotNegative | None = None


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


def _check_scale(scale: dict[str, Decimal]) -> None:
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


class Standards(FrozenModel):
    """How marks on a learning objective become one."""

    rule: Literal["latest", "highest", "points"] = "latest"  # "points": all points of the objective together
    mastery: FinePercent = Decimal(80)
    scale: dict[str, NotNegative] = Field({})  # level → lower bound, best first
    titles: dict[str, str] = Field({})  # learning objective → what families read; without one its id

    @model_validator(mode="after")
    def _sound(self) -> Self:
        _check_scale(self.scale)
        return self


class Omit(FrozenModel):
    """Practice: line items that never count."""

    line_items: tuple[str, ...] = ()


class ClassRules(FrozenModel):
    """What one class does otherwise. Only the keys that are given count."""

    rounding: Rounding = Rounding()
    aggregate: Literal["weighted", "points"] = "points"
    periods_round_first: StrictBool = True
    compat: Literal["", "canvas"] = ""
    grade_of_record: Literal["computed", "imported"] = "computed"
    max_percent: NotNegative = Decimal(200)
    scale: dict[str, NotNegative] = Field({})
    category: dict[str, CategoryRule] = Field({})
    late: Late = Late()
    missing: Missing = Missing()
    period: dict[str, Period] = Field({})
    omit: Omit = Omit()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.max_percent < 100:  # noqa: PLR2004 - per cent
            raise wrong("full marks would be an error", "use 100 or more", at=("max_percent",))
        _check_scale(self.scale)
        return self


class GradingPolicy(ClassRules):
    """All of `grading.toml`. Without `aggregate`, categories are weighted where one has a weight."""

    version: str = Field(min_length=1)
    concern: Concern = Concern()
    standards: Standards = Standards()
    classes: dict[str, ClassRules] = Field({}, alias="class")
    _source: Source | None = PrivateAttr(None)  # the file it was read from

    @model_validator(mode="before")
    @classmethod
    def _aggregate(cls, data: Any) -> Any:  # what tomllib read
        if not isinstance(data, dict) or "aggregate" in data or not isinstance(data.get("category"), dict):
            return data
        weighted = any(isinstance(rule, dict) and "weight" in rule for rule in data["category"].values())
        return {**data, "aggregate": "weighted"} if weighted else data

    @property
    def content_version(self) -> str:
        """`version+digest`: the same for the same rules, however the file is laid out.

        What stands at its default is left out, so that a key added by a later release changes no stored version.
        """
        content = {"format": POLICY_FORMAT} | self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for name, rules in self.classes.items():  # here a key at its default still overrides
            content["class"][name] = rules.model_dump(mode="json", exclude_unset=True)
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return f"{self.version}+{hashlib.sha256(canonical.encode()).hexdigest()[:12]}"

    def where(self, place: TomlPath) -> str:
        """Where a rule stands: `grading.toml line 7 [category.Exam] weight`."""
        if self._source is not None:
            return self._source.where(place)
        return f"grading.toml [{'.'.join(str(part) for part in place)}]"

    def line(self, place: TomlPath) -> int:
        """Its line, to sort by; 0 where the policy comes from no file."""
        return self._source.line(place) if self._source is not None else 0

    def says_aggregate(self, class_id: str) -> bool:
        """Whether the file says for this class how categories are combined, or gives one of them a weight."""
        own = self.classes.get(class_id)
        return "aggregate" in self.model_fields_set or (own is not None and "aggregate" in own.model_fields_set)

    @property
    def steps(self) -> tuple[ScaleStep, ...]:
        """The scale, best letter first."""
        return tuple(ScaleStep(letter=letter, lower=lower) for letter, lower in self.scale.items())

    def letter(self, percent: Decimal | None) -> str | None:
        """The letter of an unrounded percentage; None without a grade or a scale."""
        if percent is None:
            return None
        return next((step.letter for step in self.steps if percent >= step.lower), None)

    def for_class(self, class_id: str) -> "GradingPolicy":
        """The policy of one class: its own keys over the general ones, category by category."""
        if class_id not in self.classes:
            return self
        general = self.model_dump(by_alias=True, exclude={"classes"})
        return GradingPolicy.model_validate(_over(general, self.classes[class_id].model_dump(exclude_unset=True)))


def _over(general: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Sections merge key by key; a scale is one whole."""
    merged = dict(general)
    for key, value in own.items():
        deeper = isinstance(value, dict) and isinstance(merged.get(key), dict) and key != "scale"
        merged[key] = _over(merged[key], value) if deeper else value
    return merged


def load_grading(path: Path, environ: Mapping[str, str]) -> GradingPolicy:
    """Reads a grading policy, with `TERMPOST_GRADING__<KEY>` over it; InputError names the line."""
    source = read_source(path)
    policy = build(GradingPolicy, with_environment(source, GradingPolicy, environ, section="grading"))
    policy._source = source  # noqa: SLF001 - set once, where the policy is made
    return policy
