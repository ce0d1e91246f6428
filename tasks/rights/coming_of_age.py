"""Who turns full age soon: from that day on the report is the student's own (34 CFR 99.5). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentStanding

AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class ComingOfAge:
    """One student, the first day of full age, and what then keeps their parents' right."""

    student: PersonRef
    on: date
    consent_to_parents: bool | None
    dependent: bool | None

    @property
    def parents_keep_right(self) -> bool:
        return self.consent_to_parents is True or self.dependent is True


def first_day_of_full_age(birth_date: date, age_of_majority: int) -> date:
    """That birthday; someone born on 29 February has it on 1 March in other years, as `rights.of_full_age` counts."""
    year = birth_date.year + age_of_majority
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def turning_of_age(
    students: Mapping[PersonRef, StudentStanding], day: date, age_of_majority: int, ahead: timedelta = AHEAD
) -> list[ComingOfAge]:
    """Who turns full age on this day or in the days after it, both ends in, by date."""
    found = []
    for ref, student in students.items():
        if student.birth_date is None:
            continue
        turns = first_day_of_full_age(student.birth_date, age_of_majority)
        if day <= turns <= day + ahead:
            found.append(ComingOfAge(ref, turns, student.consent_to_parents, student.dependent))
    return sorted(found, key=lambda one: (one.on, one.student))
