"""Which kind of report whom: `[[report.for]]` of termpost.toml."""

from pydantic import field_validator
from termpost.schemas.base.cycle_kinds import CycleKind
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.documents.report import LAYOUTS, ReportLayout
from termpost.schemas.settings.toml_source import nearest


class LayoutFor(FrozenModel):
    """The kind of report of some cycles, grade levels and schools; what is left out is all of them."""

    layout: ReportLayout
    kinds: tuple[CycleKind, ...] = ()  # of cycles
    grades: tuple[str, ...] = ()  # grade levels, as the source writes them; 1 is 01
    schools: tuple[str, ...] = ()  # sourced ids

    @field_validator("layout", mode="before")
    @classmethod
    def _known(cls, name: object) -> object:
        return known_layout(name)

    def holds(self, kind: str, grade_level: str | None, school: str) -> bool:
        """Whether it is meant for a report of this kind of cycle, of a student of this grade level."""
        levels = {_level(one) for one in (grade_level or "").split(",") if one.strip()}
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.grades or not levels.isdisjoint(map(_level, self.grades)))
            and (not self.schools or school in self.schools)
        )


def _level(said: str) -> str:
    return said.strip().casefold().lstrip("0") or "0"


def known_layout(name: object) -> object:
    """As it is; raises what the loader of settings tells where it is no kind of report."""
    if name not in LAYOUTS:
        raise wrong("this is no kind of report", nearest(str(name), list(LAYOUTS)))
    return name
