"""What a made-up term of a school holds: plain rows that a bundle is written from and that the second opinion reads."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction


@dataclass(frozen=True)
class WorldSeat:
    """A student in a class, from `begin` (None: always) to the day before `end` (None: still)."""

    klass: str
    student: str
    begin: date | None
    end: date | None


@dataclass(frozen=True)
class WorldPiece:
    """A line item; `worth` 0 is a bonus, `lowest` the lowest mark there is."""

    name: str
    klass: str
    title: str
    category: str
    session: str
    due: date | None
    worth: Fraction
    lowest: Fraction = Fraction(0)


@dataclass(frozen=True)
class WorldResult:
    """A row of results.csv; `late` None: the cell is blank."""

    piece: str
    student: str
    status: str
    score: Fraction | None
    day: date
    late: bool | None = None
    is_missing: bool = False
    is_incomplete: bool = False


@dataclass(frozen=True)
class WorldCategory:
    """A category of the extract, with the weight that the extract gives it."""

    name: str
    title: str
    weight: Fraction | None = None


@dataclass(frozen=True)
class WorldImported:
    """A row of supplement/grades.csv."""

    percent: Fraction | None = None
    grade: str | None = None
    note: str = ""


@dataclass(frozen=True, order=True)
class WorldQuestion:
    """What a school is asked, or has decided to leave out; `part` is a category's title, a period or a class."""

    cause: str
    klass: str
    piece: str = ""
    student: str = ""
    part: str = ""


@dataclass
class CategoryKeys:
    """`[category.X]`; None: the key is not written."""

    weight: Fraction | None = None
    aggregate: str = "points"
    drop_lowest: int = 0
    drop_highest: int = 0
    keep_highest: int = 0
    never_drop: tuple[str, ...] = ()
    extra_credit: tuple[str, ...] | bool = ()
    drop_all: str = "keep-one"
    better: str | None = None


@dataclass
class ClassKeys:
    """The policy of one class."""

    aggregate: str | None = None
    places: int = 2
    mode: str = "half-up"
    scale_by: str = "rounded"
    scale: dict[str, Fraction] = field(default_factory=dict)
    periods_round_first: bool = True
    better: str | None = None
    categories: dict[str, CategoryKeys] = field(default_factory=dict)  # by title
    late_percent: Fraction | None = None
    late_interval: str = "day"
    late_floor: Fraction = Fraction(0)
    late_by_score_date: bool = False
    missing_deduct: Fraction | None = None
    periods: dict[str, Fraction] = field(default_factory=dict)
    omit: tuple[str, ...] = ()
    grade_of_record: str = "imported"


@dataclass
class WorldClass:
    """A section of a course of the catalogue."""

    name: str
    course: str
    keys: ClassKeys
    session: str = "term"


@dataclass
class World:
    """A term at one school, as known on any day and graded as of `cutoff`."""

    cutoff: date
    version: str = "1.2"
    sessions: dict[str, tuple[date, date, str]] = field(default_factory=dict)  # begin, end (exclusive), parent
    categories: dict[str, WorldCategory] = field(default_factory=dict)
    classes: dict[str, WorldClass] = field(default_factory=dict)
    pieces: dict[str, WorldPiece] = field(default_factory=dict)
    seats: list[WorldSeat] = field(default_factory=list)
    results: dict[tuple[str, str], WorldResult] = field(default_factory=dict)  # by piece and student
    merge_sections: str = "course"
    course_moves: tuple[tuple[str, ...], ...] = ()
    drop_window: int = 15
    unmarked_share: int = 50
    imported: dict[tuple[str, str], WorldImported] = field(default_factory=dict)  # by class and student
    # what teachers and staff decided: it holds for a cycle, and `grades` does not know of it
    signed_off: frozenset[str] = frozenset()
    accepted: frozenset[WorldQuestion] = frozenset()
