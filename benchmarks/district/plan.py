"""What a district is made of: its schools, and in each the groups of students that are written one after another."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random

from termpost.schemas.base.errors import InputError

from benchmarks.district.columns import Version

SCHOOL_SIZE = 600  # students, about
UNIT_SIZE = 180  # students at most; what is held in memory at a time
SMALLEST_CLASS, LARGEST_CLASS = 12, 35
LEVELS = (("High School", (9, 10, 11, 12)), ("Middle School", (6, 7, 8)))  # by turns: the two of a pair share families


def _must(holds: bool, what: str, remedy: str) -> None:
    if not holds:
        raise InputError("wrong-district", what, "District", remedy)


def even(total: int, parts: int) -> list[int]:
    """Splits a total into parts that differ by one at most."""
    return [total // parts + (n < total % parts) for n in range(parts)]


@dataclass(frozen=True)
class District:
    """The order for a district; equal orders give equal bytes. `version` changes the files, never people or marks."""

    students: int = 500
    seed: int = 1
    version: Version = "1.1"
    schools: int | None = None  # None: about 600 students each
    year: int = 2025  # in which the school year begins
    line_items_per_class: int = 12

    def __post_init__(self) -> None:
        _must(self.students >= SMALLEST_CLASS, "too few students for one class", f"at least {SMALLEST_CLASS}")
        _must(self.version in ("1.1", "1.2"), "this version is not written", "1.1 or 1.2")
        _must(1 <= self.school_count <= self.students // SMALLEST_CLASS, "more schools than classes", "fewer schools")
        _must(self.line_items_per_class >= 1, "a class needs a line item", "at least 1")
        _must(1990 <= self.year <= 2100, "a year far away", "1990 to 2100")

    @property
    def school_count(self) -> int:
        """As ordered; otherwise two from 100 students on, so that families have children in both."""
        derived = max(2, round(self.students / SCHOOL_SIZE)) if self.students >= 100 else 1
        return derived if self.schools is None else self.schools

    def rng(self, *scope: object) -> Random:
        """Chance for one purpose. Seeded by text (SHA-512), so it depends on neither order nor hash seed."""
        return Random("/".join(map(str, (self.seed, *scope))))


@dataclass(frozen=True)
class Unit:
    """Students of one grade who take classes together; `first` is the place of the first in the school."""

    school: "School"
    number: int  # in the school
    grade: int
    first: int
    size: int
    opens_grade: bool  # whether it is the first unit of its grade


@dataclass(frozen=True)
class School:
    """One school. The odd one of each pair is a middle school; some of its students have a sibling in the even one."""

    district: District
    number: int
    size: int
    partner: "School | None"  # of an odd one: the even one before it

    @property
    def id(self) -> str:
        return f"SCH{self.number:03d}"

    @property
    def level(self) -> str:
        return LEVELS[self.number % 2][0]

    @property
    def grades(self) -> tuple[int, ...]:
        """The grades taught: the upper ones where there are too few students for all."""
        known = LEVELS[self.number % 2][1]
        return known[-min(len(known), max(1, self.size // (2 * SMALLEST_CLASS))) :]

    def student_id(self, place: int) -> str:
        return f"S{self.number:03d}{place:05d}"

    def units(self) -> Iterator[Unit]:
        """The units in the order of the students' places."""
        number = first = 0
        for grade, count in zip(self.grades, even(self.size, len(self.grades)), strict=True):
            for part, size in enumerate(even(count, -(-count // UNIT_SIZE))):
                yield Unit(self, number, grade, first, size, opens_grade=part == 0)
                number, first = number + 1, first + size

    def home(self, place: int) -> tuple["School", int]:
        """The school and place of the eldest child of this student's family; mostly the student's own."""
        if self.partner is not None and place % 11 == 5 and place < self.partner.size:
            return self.partner.home(place)
        if place % 9 == 4 and place >= self._apart:
            return self.home(place - self._apart)
        return self, place

    @property
    def _apart(self) -> int:
        """How far apart the places of siblings are: about two grades."""
        return max(1, self.size // 2)

    def divided(self, place: int) -> bool:
        """Whether this family has two children here of whom a court order names the eldest only."""
        younger = place + self._apart
        return place // 9 % 5 == 2 and younger < self.size and self.home(younger) == (self, place)

    @cached_property
    def family_numbers(self) -> "array[int]":
        """For each place how many families begin before it, divided ones aside: they are dealt no kind."""
        numbers, count = array("l"), 0
        for place in range(self.size):
            numbers.append(count)
            count += self.home(place) == (self, place) and not self.divided(place)
        return numbers


def schools(district: District) -> Iterator[School]:
    """The schools in order; two of a pair differ in size by up to 30 per cent."""
    sizes = even(district.students, district.school_count)
    rng, eldest = district.rng("sizes"), None
    for number, size in enumerate(sizes):
        if number % 2 == 0:
            shift = size * rng.randrange(16) // 100 if number + 1 < len(sizes) and size >= 40 else 0
            eldest = School(district, number, size + shift, None)
            yield eldest
        else:
            yield School(district, number, size - shift, eldest)
