"""`grading.toml`: the grading policy, versioned by its content."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr, StrictBool, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.documents.report import ScaleStep
from termpost.schemas.settings.grading_rules import (
    Better,
    CategoryRule,
    Concern,
    Count,
    Floor,
    Late,
    Missing,
    NotNegative,
    Omit,
    Period,
    Rounding,
    Standards,
    Unmarked,
    check_scale,
    check_show_of,
)
from termpost.schemas.settings.retake import Retake, check_retakes
from termpost.schemas.settings.standing import GradePoints, HonourRoll, check_standing
from termpost.schemas.settings.toml_lines import TomlPath
from termpost.schemas.settings.toml_source import Source, build, read_source, with_environment

OF_ALL = ("gpa", "honour_roll", "credits")  # of all courses together, so no part of one class's policy
POLICY_FORMAT = "termpost.grading/2"  # raised where the same rules came to give other grades


class ClassRules(FrozenModel):
    """What one class does otherwise. Only the keys that are given count."""

    rounding: Rounding = Rounding()
    aggregate: Literal["weighted", "points"] = "points"
    periods_round_first: StrictBool = True
    compat: Literal["", "canvas"] = ""
    grade_of_record: Literal["computed", "imported"] = "imported"  # where one was set elsewhere; else computed
    max_percent: NotNegative = Decimal(200)
    scale: dict[str, NotNegative] = Field({})  # letter → lower bound, best first
    scale_by: Literal["rounded", "exact"] = "rounded"  # which percentage a letter is looked up from
    better: Better | None = None  # None: no mark of the extract has a lowest one but 0
    category: dict[str, CategoryRule] = Field({})
    late: Late = Late()
    missing: Missing = Missing()
    period: dict[str, Period] = Field({})
    omit: Omit = Omit()
    retake: tuple[Retake, ...] = ()
    floor: Floor = Floor()
    show_of: NotNegative | None = None  # grades are rounded and printed as points of so many; None: in per cent
    credits: NotNegative = Decimal(1)  # what a class counts in an average of letters; 0: it does not

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.max_percent < 100:  # noqa: PLR2004 - per cent
            raise wrong("full marks would be an error", "use 100 or more", at=("max_percent",))
        check_scale(self.scale)
        return self


class GradingPolicy(ClassRules):
    """All of `grading.toml`. Without `aggregate`, categories are weighted where one has a weight."""

    version: str = Field(min_length=1)
    concern: Concern = Concern()
    standards: Standards = Standards()
    unmarked: Unmarked = Unmarked()
    gpa: GradePoints = GradePoints()
    honour_roll: HonourRoll = HonourRoll()
    merge_sections: Literal["course", "never"] = "course"  # whether seats in sections of one course are one line
    course_moves: tuple[tuple[str, ...], ...] = ()  # courses of the catalogue that a move counts as one
    drop_window: Count = 15  # school days; who left a class within them has nothing of it on the report
    classes: dict[str, ClassRules] = Field({}, alias="class")
    _source: Source | None = PrivateAttr(None)  # the file it was read from

    @model_validator(mode="before")
    @classmethod
    def _aggregate(cls, data: Any) -> Any:  # what tomllib read
        if not isinstance(data, dict) or "aggregate" in data or not isinstance(data.get("category"), dict):
            return data
        weighted = any(isinstance(rule, dict) and "weight" in rule for rule in data["category"].values())
        return {**data, "aggregate": "weighted"} if weighted else data

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """What only the whole says, of the policy and of each class's: a class gives a part of it."""
        for title, rule in self.category.items():
            rule.refuse_what_cannot_be_placed(("category", title))
        check_retakes(self.retake)
        check_standing(self.gpa, self.honour_roll, list(self.scale))
        averages = self.gpa.is_on or self.honour_roll.is_on
        said: list[tuple[TomlPath, ClassRules]] = [((), self)]
        said += [(("class", name), own) for name, own in self.classes.items()]
        for at, rules in said if not averages else ():
            if "credits" in rules.model_fields_set:
                raise wrong("credits count in averages, and there is none", "give [gpa] too, or take it out",
                            at=(*at, "credits"))  # fmt: skip
        if self.show_of is not None:
            check_show_of(self.show_of, self.rounding)
        if self.floor.missing and not self.floor.mark_percent:
            raise wrong("without a floor nothing lifts missing work", "give mark_percent too", at=("floor", "missing"))
        if self.floor.period_percent and not self.period:
            what, remedy = "no grading period has a grade of its own", "weigh periods under [period], or take it out"
            raise wrong(what, remedy, at=("floor", "period_percent"))
        for class_id in self.classes:
            try:
                self.for_class(class_id)
            except ValidationError as error:
                raise _in_class(class_id, error) from None
        return self

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

    @property
    def weighted_periods(self) -> list[str]:
        """Sessions that have a weight of their own in some class."""
        return sorted({*self.period, *(name for own in self.classes.values() for name in own.period)})

    def for_class(self, class_id: str) -> "GradingPolicy":
        """The policy of one class: its own keys over the general ones, category by category."""
        if class_id not in self.classes:
            return self
        general = self.model_dump(by_alias=True, exclude={"classes", *OF_ALL})
        own = self.classes[class_id].model_dump(exclude_unset=True, exclude=set(OF_ALL))
        return GradingPolicy.model_validate(_over(general, own))


def _in_class(class_id: str, error: ValidationError) -> PydanticCustomError:
    """The first fault of a class's own policy, where the class has it."""
    fault = error.errors(include_url=False, include_input=False)[0]
    said = fault.get("ctx", {}) if fault["type"] == "setting" else {}
    what, remedy = said.get("what", fault["msg"]), said.get("remedy", "take it out, or change the rule for all classes")
    return wrong(what, remedy, at=("class", class_id, *fault["loc"], *said.get("at", ())))


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
