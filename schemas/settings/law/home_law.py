"""Which law packs apply to a home, and what they ask together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.law.law_pack import (
    AnswerDays,
    LawLine,
    LawPack,
    OtherParentWait,
    RegularWarnings,
    ReportedWithin,
    RequiredSection,
)
from termpost.schemas.settings.sections.law_settings import LawSettings
from termpost.schemas.settings.toml_source import build, nearest, read_source

SHIPPED: Final = Path(__file__).parent / "packs"
OWN = "law"  # folder of a home
L = TypeVar("L", bound=LawLine)
WITHOUT_LAW: Final = AnswerDays(count=10, source="termpost: where no law is known, ten days")
SEVENTY_TWO: Final = ReportedWithin(hours=72, source="termpost: where no law is known, as Art. 33(1) GDPR")


@dataclass(frozen=True)
class NamedLine:
    """A line of a pack that applies."""

    name: str  # GB-ENG.access
    line: LawLine
    checked_by: str  # empty: unverified

    @property
    def is_verified(self) -> bool:
        """Whether somebody at the school compared it with the law."""
        return bool(self.checked_by)


@dataclass(frozen=True)
class HomeLaw:
    """The packs of one home, the narrowest place first."""

    packs: tuple[LawPack, ...]
    checked: Mapping[str, str]

    def lines(self) -> Iterator[NamedLine]:
        """Every line that applies."""
        for pack in self.packs:
            for name, line in pack.lines():
                yield NamedLine(name, line, self.checked.get(name, "") or line.checked_by)

    def access_due(self, received: date, calendar: Calendar) -> tuple[date, str]:
        """By when a request to see records is answered, and by which source.

        The shortest of what is verified, or ten days where nothing is; an unverified line counts where it is shorter.
        """
        lines = self._bounding(lambda pack: pack.access, "access", WITHOUT_LAW)
        return min(((one.due(received, calendar), one.source) for one in lines), key=lambda due: due[0])

    def incident_within(self) -> tuple[timedelta, str]:
        """How soon the authority hears of an incident, and by which source; found in the same way."""
        lines = self._bounding(lambda pack: pack.incident, "incident", SEVENTY_TWO)
        return min(((one.within, one.source) for one in lines), key=lambda due: due[0])

    @property
    def needs_a_duty_to_erase(self) -> bool:
        """Whether a law or an order must be named before somebody is erased: unless a verified line gives the right to
        ask for it. The narrowest place that says something counts."""
        for pack in self.packs:
            if pack.erasure is not None and (not pack.erasure.exists or self._is_checked(pack, "erasure")):
                return not pack.erasure.exists
        return bool(self.packs)

    def warning_every(self) -> RegularWarnings | None:
        """How often families hear of a grade that does not pass: the shortest that a pack has, verified or not, since
        it is stricter. None where no law asks."""
        return min((pack.warning for pack in self.packs if pack.warning), key=lambda one: one.weeks, default=None)

    def other_parent(self) -> OtherParentWait | None:
        """How long the records of a child wait for a parent whom it does not live with: the longest that a pack has,
        verified or not, since it is stricter. None where no law has it."""
        found = (pack.other_parent for pack in self.packs if pack.other_parent)
        return max(found, key=lambda one: one.days, default=None)

    def limited_caregivers(self) -> frozenset[str]:
        """Relations whose affidavit gives the reports and no more: those that a pack names, but where the narrowest
        line that names one gives the records and was compared with the law."""
        found: dict[str, bool] = {}
        for pack in self.packs:
            line = pack.caregiver
            for word in line.relations if line else ():
                is_full = line is not None and line.gives == "records" and self._is_checked(pack, "caregiver")
                found.setdefault(word, not is_full)
        return frozenset(word for word, is_limited in found.items() if is_limited)

    def _bounding(self, of: Callable[[LawPack], L | None], kind: str, without: L) -> list[L]:
        found = [(pack, line) for pack in self.packs if (line := of(pack)) is not None]
        verified = [line for pack, line in found if self._is_checked(pack, kind)]
        return [*(verified or [without]), *(line for _, line in found)]

    def _is_checked(self, pack: LawPack, kind: str) -> bool:
        return any(one.is_verified for one in self.lines() if one.name == f"{pack.place}.{kind}")

    def required_sections(self, kind: str) -> dict[RequiredSection, str]:
        """What reports of a kind must have, each with its source; verified or not, since it is stricter."""
        found: dict[RequiredSection, str] = {}
        for pack in self.packs:
            for one in pack.required:
                if kind in one.kinds:
                    found |= {section: one.source for section in one.sections if section not in found}
        return found


def law_of(settings: LawSettings, calendar: Calendar, home: Path) -> HomeLaw:
    """What applies: the packs of `[law] jurisdiction`, or else of the calendar's country and subdivision, those that
    they extend, and those of many countries. A pack of the home's own stands in place of a shipped one.

    Raises:
        InputError: `unknown-jurisdiction`; `unknown-line`, where `checked` names a line that no pack has; what is wrong
            in a file, with its line.
    """
    known = {**_shipped(), **_own(home / OWN)}
    place = settings.jurisdiction or "-".join(filter(None, (calendar.country, calendar.subdivision)))
    if settings.jurisdiction and place not in known:
        raise InputError("unknown-jurisdiction", "there is no law pack of this place",
                         "termpost.toml [law] jurisdiction", nearest(place, sorted(known)))  # fmt: skip
    country = place.partition("-")[0]
    found: dict[str, LawPack] = {}
    for begin in (place, country):
        name = begin
        while name in known and name not in found:
            found[name] = known[name]
            name = known[name].extends
    found |= {name: pack for name, pack in known.items() if country in pack.countries}
    law = HomeLaw(tuple(found.values()), settings.checked)
    names = {one.name for one in law.lines()}
    for name in settings.checked:
        if name not in names:
            raise InputError("unknown-line", f"no law pack that applies here has a line {name}",
                             "termpost.toml [law] checked", nearest(name, sorted(names)))  # fmt: skip
    return law


@cache
def _shipped() -> dict[str, LawPack]:
    return _read(SHIPPED)


def _own(folder: Path) -> dict[str, LawPack]:
    return _read(folder) if folder.is_dir() else {}


def _read(folder: Path) -> dict[str, LawPack]:
    packs = [build(LawPack, read_source(path)) for path in sorted(folder.glob("*.toml"))]
    return {pack.place: pack for pack in packs}
