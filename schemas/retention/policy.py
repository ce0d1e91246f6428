"""`retention.toml`: for every kind of record how long it is kept, from when, by what duty, and what then."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Final, NamedTuple, Self, get_args

from pydantic import BeforeValidator, Field, model_validator
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.retention.kinds import Area, Start, Then, ends_of, is_column, known_kinds, starts_of
from termpost.schemas.settings.toml_source import nearest

FILE: Final = "retention.toml"
LONGEST: Final = 100  # years
AREAS: Final[tuple[Area, ...]] = get_args(Area)
_PERIOD = re.compile(r"(\d{1,5}) (day|month|year)s?")
_DAY = re.compile(r"(\d\d)-(\d\d)")


class RetentionPeriod(NamedTuple):
    """A time as people write it."""

    number: int
    unit: str  # day, month, year

    def after(self, day: date) -> date:
        """The day so long after another; of a day that its month lacks, the first of the next: never sooner."""
        if self.unit == "day":
            return day + timedelta(days=self.number)
        year, month = divmod(day.year * 12 + day.month - 1 + self.number * (12 if self.unit == "year" else 1), 12)
        try:
            return date(year, month + 1, day.day)
        except ValueError:  # no December has fewer than 31 days
            return date(year, month + 2, 1)

    @property
    def days(self) -> int:
        """Never fewer than it is."""
        return self.number * {"day": 1, "month": 31, "year": 366}[self.unit]

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


def _period(value: object) -> RetentionPeriod:
    if isinstance(value, RetentionPeriod):
        return value
    found = _PERIOD.fullmatch(value) if isinstance(value, str) else None
    period = RetentionPeriod(int(found[1]), found[2]) if found else None
    if period is None or period.days > LONGEST * 366:
        raise wrong(
            "this is no time for which something is kept",
            f'write "30 days", "6 months" or "7 years", {LONGEST} years at most',
        )
    return period


def _day(value: object) -> str:
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        date(2001, int(found[1]), int(found[2])) if found else date(2001, 0, 0)
    except ValueError:
        raise wrong("this is no day on which every school year can end", 'write month and day: "07-31"') from None
    return str(value)


class RetentionLine(FrozenModel):
    """One line of the page: some kinds of record, and what becomes of them when."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")  # the log names it
    store: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()  # or one column of one, "core_class.title", kept for a shorter time
    log: tuple[str, ...] = ()
    prefect: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    period: Annotated[RetentionPeriod, BeforeValidator(_period)] | None = Field(None, alias="for")
    start: Start | None = Field(None, alias="from")
    then: Then
    source: str = Field(min_length=1)  # the duty or law that says so

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.then == "delete" and (self.period is None or self.start is None):
            raise wrong(
                "the line does not say how long and from when", 'add for = "7 years" and from = "made"', at=("then",)
            )
        if self.then != "delete" and (self.period or self.start):
            raise wrong(
                "what is never deleted has no time", 'take `for` and `from` out, or say then = "delete"', at=("then",)
            )
        return self

    @model_validator(mode="after")
    def _of_known_kinds(self) -> Self:
        for area in AREAS:
            known = known_kinds(area)
            for position, kind in enumerate(getattr(self, area)):
                at = (area, position)
                if kind not in known and not (area == "tables" and is_column(kind)):
                    raise wrong("there is no such kind of record", nearest(kind, list(known)), at=at)
                if self.then not in ends_of(area, kind):
                    may = " or ".join(sorted(ends_of(area, kind)))
                    raise wrong(f'"{kind}" may not have then = "{self.then}"', f"use {may}", at=at)
                if self.start and self.start not in starts_of(area, kind):
                    may = ", ".join(sorted(starts_of(area, kind)))
                    raise wrong(f'the time of "{kind}" cannot count from "{self.start}"', f"use one of: {may}", at=at)
        return self

    def kinds(self) -> Iterator[tuple[Area, str]]:
        yield from ((area, kind) for area in AREAS for kind in getattr(self, area))


class RetentionPolicy(FrozenModel):
    """The whole page."""

    school_year_ends: Annotated[str, BeforeValidator(_day)] = "07-31"  # month and day of the last one
    line: tuple[RetentionLine, ...] = ()

    @model_validator(mode="after")
    def _each_kind_once(self) -> Self:
        names, seen = set[str](), set[tuple[Area, str]]()
        for number, line in enumerate(self.line):
            if line.name in names:
                raise wrong("two lines have this name", "give each a name of its own", at=("line", number, "name"))
            names.add(line.name)
            for area in AREAS:
                for position, kind in enumerate(getattr(line, area)):
                    if (area, kind) in seen:
                        raise wrong("an earlier line is about this kind already", "leave it in one of them",
                                    at=("line", number, area, position))  # fmt: skip
                    seen.add((area, kind))
        return self

    @property
    def missing(self) -> list[tuple[Area, str]]:
        """Kinds of record that no line is about."""
        there = {kind for line in self.line for kind in line.kinds()}
        return [(area, kind) for area in AREAS for kind in known_kinds(area) if (area, kind) not in there]

    def refuse_gaps(self) -> None:
        """Raises InputError `no-line` where some kind of record has none."""
        if self.missing:
            area, kind = self.missing[0]
            more = f", and of {len(self.missing) - 1} more" if len(self.missing) > 1 else ""
            raise InputError("no-line", f'no line says how long "{kind}" is kept{more}', FILE,
                             f"add it to `{area}` of a line; the page that `termpost init` writes has one")  # fmt: skip

    def of(self, area: Area, kind: str) -> RetentionLine | None:
        """The line that is about a kind."""
        return next((line for line in self.line if kind in getattr(line, area)), None)

    @property
    def landing_days(self) -> int:
        """How long a copied extract stays."""
        line = self.of("store", "landing/<extract>/<file>.csv")
        return line.period.days if line and line.period else LONGEST * 366

    @property
    def backup_days(self) -> int:
        """How long a copy of the home is kept, and so how long it opens for whoever was erased since."""
        line = self.of("files", "backups/")
        return line.period.days if line and line.period else LONGEST * 366

    def year_end(self, day: date) -> date:
        """The last day of the school year that a day is in."""
        month, last = map(int, self.school_year_ends.split("-"))
        ends = date(day.year, month, last)
        return ends if day <= ends else ends.replace(year=day.year + 1)

    def last_day(self, line: RetentionLine, began: date) -> date:
        """The last day on which something is kept whose time began on a day."""
        if line.period is None:
            return date.max
        if line.start in {"school-year-end", "next-school-year-end"}:
            began = self.year_end(began)
            began = self.year_end(began + timedelta(days=1)) if line.start == "next-school-year-end" else began
        return line.period.after(began)
