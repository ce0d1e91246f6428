"""Who sits in which class: six courses for everyone of a unit, up to three by choice, in classes of 12 to 35."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from benchmarks.district.plan import LARGEST_CLASS, SMALLEST_CLASS, School, Unit, even

Term = Literal["both", "fall", "spring"]
CORE = ("Language Arts", "Mathematics", "Science", "Social Studies", "World Languages", "Physical Education")
CHOICES = (  # one of each row at most, and the share of students who take one
    (("Visual Arts", "Music", "Drama"), 80),
    (("Computer Science", "Health", "Journalism"), 50),
    (("Robotics", "Film", "Latin"), 25),
)
CLASSES_PER_TEACHER = 5


@dataclass(frozen=True)
class Course:
    """A course of a grade in a school."""

    school: School
    grade: int
    number: int  # 1 to 15
    subject: str

    @property
    def id(self) -> str:
        return f"{self.school.id}-{self.grade:02d}-{self.number:02d}"

    @property
    def title(self) -> str:
        return f"{self.subject} {self.grade}"

    @property
    def period(self) -> int:
        """Courses of one period exclude each other, so a student has at most nine."""
        return self.number if self.number <= len(CORE) else len(CORE) + 1 + (self.number - len(CORE) - 1) // 3


@dataclass(frozen=True)
class Class:
    """A class with its roster: places of students in the unit, each with the semesters they are in it."""

    id: str
    course: Course
    section: int
    teacher: str  # user id
    co_teacher: str  # user id, or ""
    roster: tuple[tuple[int, Term], ...]


def courses(school: School, grade: int) -> tuple[Course, ...]:
    """All courses of a grade, core first."""
    subjects = (*CORE, *(subject for row, _ in CHOICES for subject in row))
    return tuple(Course(school, grade, number, subject) for number, subject in enumerate(subjects, 1))


def teacher_id(unit: Unit, number: int) -> str:
    return f"T{unit.school.number:03d}{unit.number:03d}{number:02d}"


def classes(unit: Unit) -> Iterator[Class]:
    """The classes of a unit. One student of a larger unit changes class between the semesters."""
    rng = unit.school.district.rng("classes", unit.school.number, unit.number)
    offered, teachers, load, mover_due = courses(unit.school, unit.grade), 0, 0, True
    groups = list(_groups(unit.size, rng))
    full = {place for number, members in groups if number > len(CORE) + 6 for place in members}  # nine courses
    for number, members in groups:
        course, rosters = offered[number - 1], _sections(members, rng)
        if mover_due:
            mover_due = not _move(rosters, full)
        teachers, load = teachers + 1, 0  # nobody teaches two subjects
        for section, roster in enumerate(rosters, 1):
            if load == CLASSES_PER_TEACHER:
                teachers, load = teachers + 1, 0
            load += 1
            id_ = f"{course.id}-{unit.number:03d}{section:02d}"
            co_teacher = teacher_id(unit, teachers - 1) if section == 2 and teachers > 1 else ""
            yield Class(id_, course, section, teacher_id(unit, teachers), co_teacher, tuple(roster))


def _groups(size: int, rng: Random) -> Iterator[tuple[int, list[int]]]:
    """(number of a course, places in the unit of those who take it)."""
    everyone = list(range(size))
    for number in range(1, len(CORE) + 1):
        yield number, everyone
    eager = rng.sample(everyone, size)  # whoever takes a later choice takes the earlier ones too
    number = len(CORE) + 1
    for subjects, share in CHOICES:
        takers = size * share // 100
        parts = min(len(subjects), takers // SMALLEST_CLASS)
        taking, start = rng.sample(eager[:takers], takers), 0
        for offset, count in enumerate(even(takers, parts) if parts else ()):
            yield number + offset, sorted(taking[start : start + count])
            start += count
        number += len(subjects)


def _sections(members: list[int], rng: Random) -> list[list[tuple[int, Term]]]:
    """Classes of near equal size; a course is full at 24 to 35, so that two halves have 12 at least."""
    most = rng.randint(2 * SMALLEST_CLASS, LARGEST_CLASS)
    mixed, start = rng.sample(members, len(members)), 0
    rosters: list[list[tuple[int, Term]]] = []
    for count in even(len(members), -(-len(members) // most)):
        rosters.append([(place, "both") for place in sorted(mixed[start : start + count])])
        start += count
    return rosters


def _move(rosters: list[list[tuple[int, Term]]], full: set[int]) -> bool:
    """Moves one student to the next class for spring, where both stay within bounds; tells whether it did."""
    if len(rosters) < 2 or len(rosters[0]) <= SMALLEST_CLASS or len(rosters[1]) >= LARGEST_CLASS:
        return False
    for position, (place, _) in enumerate(rosters[0]):
        if place not in full:
            rosters[0][position] = (place, "fall")
            rosters[1].append((place, "spring"))
            return True
    return False
