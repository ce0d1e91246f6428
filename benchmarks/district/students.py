"""The students of a unit: names, birth dates, and what the school's record says besides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from benchmarks.district.households import Household, household
from benchmarks.district.names import Culture, given_name
from benchmarks.district.plan import School, Unit

FULL_AGE_EVERY = 8  # of the seniors; one of them is 18 before the school year begins
CONSENTS: tuple[Mapping[str, str], ...] = (
    {},
    {"consentToParents": "true"},
    {"consentToParents": "false"},
    {"dependent": "true"},
    {"dependent": "false"},
)
NICKNAMES = ("Bo", "Mx. Lee", "Jojo", "Tía", "Kai", "明明", "Ліля", 'Ray "Ray" Jr.')


@dataclass(frozen=True)
class Student:
    """One student, as made up."""

    id: str
    grade: int
    given: str
    family: str
    birth: date | None  # None: not on record
    sex: str
    ability: float  # 0.45 to 1.05, the share of points usually earned
    household: Household
    is_eldest: bool
    extra: Mapping[str, str] = field(default_factory=dict)  # their row in students.csv; empty: none


def email(student_id: str) -> str:
    """The student's address at school."""
    return f"{student_id.lower()}@students.example.org"


def students(unit: Unit) -> list[Student]:
    """The students of a unit in the order of their places."""
    rng = unit.school.district.rng("students", unit.school.number, unit.number)
    return [_student(unit, place, rng) for place in range(unit.first, unit.first + unit.size)]


def _student(unit: Unit, place: int, rng: Random) -> Student:
    school = unit.school
    home, eldest = school.home(place)
    family = household(home, eldest)
    senior = unit.grade == 12 and (place - unit.first) % FULL_AGE_EVERY == 3
    birth = _birth(school, unit.grade + senior, rng)
    is_known = senior or place % 151 != 100
    given, sex, ability = given_name(family.culture, rng), rng.choice(("female", "male", "")), _ability(rng)
    return Student(
        school.student_id(place), unit.grade, given, family.family, birth if is_known else None, sex,
        ability, family, (home, eldest) == (school, place), _extra(school, place, family.culture, rng, senior),
    )  # fmt: skip


def _ability(rng: Random) -> float:
    return 1.05 - 0.6 * rng.random() * rng.random()  # more good students than poor ones


def _birth(school: School, grade: int, rng: Random) -> date:
    """A birthday from January to early August: seniors come of age in spring, unless they are a year older."""
    return date(school.district.year - 5 - grade, 1, 1) + timedelta(days=rng.randrange(220))


def _extra(school: School, place: int, culture: Culture, rng: Random, senior: bool) -> Mapping[str, str]:
    """Their row of students.csv: all who are of full age, and about one in eight of the others."""
    nickname, chance = rng.choice(NICKNAMES), rng.random()
    row: dict[str, str] = {}
    if senior:
        row |= CONSENTS[place // FULL_AGE_EVERY % len(CONSENTS)]
        row["preferredLanguage"] = culture.language
    if chance < 0.12:
        row["preferredName"] = nickname
    if place % 97 == 60:
        row["recordsHold"] = "true"
    if row or senior:
        row |= {"studentSourcedId": school.student_id(place), "email": email(school.student_id(place))}
    return row
