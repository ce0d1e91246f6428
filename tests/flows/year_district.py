"""A district for a whole school year: two schools, two semesters, six grading periods, so many families.

Every student of a school has the same two classes in each semester, with one piece of work a grading period. Everybody
has a name, an address and words that nobody else has, so that they can be looked for.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.grades.bundle import HEADERS
from tests.school import Extract

SCHOOLS = ("north", "south")
SUBJECTS = ("English", "Mathematics")
# period: semester, first day, last day, which is the cut-off, and the planned day of its reports
PERIODS = {
    "gp1": ("sem1", "2021-08-23", "2021-09-24", "2021-10-01"),
    "gp2": ("sem1", "2021-09-27", "2021-11-05", "2021-11-12"),
    "gp3": ("sem1", "2021-11-08", "2021-12-10", "2021-12-17"),
    "gp4": ("sem2", "2022-01-05", "2022-02-11", "2022-02-18"),
    "gp5": ("sem2", "2022-02-14", "2022-04-01", "2022-04-08"),
    "gp6": ("sem2", "2022-04-04", "2022-05-20", "2022-05-27"),
}
SEMESTERS = {"sem1": ("2021-08-23", "2021-12-17"), "sem2": ("2022-01-05", "2022-05-27")}
FINALS = {"gp3": "2021-12-13", "gp6": "2022-05-23"}  # by when grades are complete
CALENDAR = """timezone = "America/Chicago"
country = "US"
subdivision = "TX"
closures = ["2021-11-24/2021-11-26", "2021-12-20/2021-12-31", "2022-03-14/2022-03-18"]
office_days = "teaching"
"""
TEACHERS = {"nguyen": "north", "brown": "south"}  # staff id → the school of which they teach all classes
LANGUAGES = ("en", "es", "en", "fr", "en", "uk")
BECOMES_18 = date(2021, 11, 10)


@dataclass
class YearDistrict:
    """Its rows on any day; what happens in the year is told by changing it."""

    families: int
    scores: dict[tuple[str, str], str] = field(default_factory=dict)  # student and line item: another mark
    barred: set[str] = field(default_factory=set)  # contacts whom an order bars
    unknown: set[str] = field(default_factory=set)  # students of whom no contact is on record
    gone: set[str] = field(default_factory=set)  # students whom the gradebook no longer has

    @property
    def students(self) -> list[str]:
        return [student(number) for number in range(self.families)]

    def school_of(self, number: int) -> str:
        return SCHOOLS[number % 2]

    def write(self, folder: Path, until: str) -> Extract:
        """What the gradebook has on that day.

        Args:
            until: the last day of the work in it, ISO 8601.
        """
        self.rows: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        self._terms()
        for school in SCHOOLS:
            self._classes(school, until)
        for number in range(self.families):
            if student(number) not in self.gone:
                self._family(number, until)
        for name, rows in self.rows.items():
            header = list(dict.fromkeys([*HEADERS.get(name, "").split(), *(key for row in rows for key in row)]))
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with (folder / name).open("w", newline="", encoding="utf-8") as out:
                writer = csv.DictWriter(out, header, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return Extract(folder)

    def _add(self, file: str, /, **cells: str) -> None:
        self.rows[file].append(cells)

    def _terms(self) -> None:
        def session(name: str, kind: str, parent: str, first: str, last: str) -> None:
            self._add("academicSessions.csv", sourcedId=name, title=name, type=kind, startDate=first, endDate=last,
                      parentSourcedId=parent, schoolYear="2022")  # fmt: skip

        session("year", "schoolYear", "", "2021-08-23", "2022-05-27")
        for name, days in SEMESTERS.items():
            session(name, "semester", "year", *days)
        for name, (semester, first, last, _) in PERIODS.items():
            session(name, "gradingPeriod", semester, first, last)
        self._add("categories.csv", sourcedId="work", title="Work")
        for staff, school in TEACHERS.items():
            self._add("users.csv", sourcedId=f"T-{school}", enabledUser="true", orgSourcedIds=school, role="teacher",
                      givenName="Kim", familyName=staff.title(), email=f"{staff}@grand-bend.example.org")  # fmt: skip
        for subject in SUBJECTS:
            self._add("courses.csv", sourcedId=subject, title=subject, courseCode=subject[:3], orgSourcedId="north")

    def _classes(self, school: str, until: str) -> None:
        self._add("orgs.csv", sourcedId=school, name=f"{school.title()} School", type="school")
        for semester in SEMESTERS:
            for subject in SUBJECTS:
                class_id = f"{school}-{semester}-{subject[:3]}"
                self._add("classes.csv", sourcedId=class_id, title=subject, courseSourcedId=subject,
                          classType="scheduled", schoolSourcedId=school, termSourcedIds=semester)  # fmt: skip
                self._add("enrollments.csv", sourcedId=f"{class_id}-T", classSourcedId=class_id,
                          schoolSourcedId=school, userSourcedId=f"T-{school}", role="teacher")  # fmt: skip
                for period in periods_of(semester, until):
                    _, first, last, _ = PERIODS[period]
                    self._add("lineItems.csv", sourcedId=f"{class_id}-{period}", title=f"{subject} {period}",
                              assignDate=first, dueDate=last, classSourcedId=class_id, categorySourcedId="work",
                              gradingPeriodSourcedId=period, resultValueMin="0", resultValueMax="100")  # fmt: skip

    def _family(self, number: int, until: str) -> None:
        who, school = student(number), self.school_of(number)
        birth = BECOMES_18.replace(year=2003) if number == 1 else date(2005, 1 + number % 12, 1 + number % 28)
        adults = [mother(number)] + ([father(number)] if number % 6 == 0 else [])
        self._add("users.csv", sourcedId=who, enabledUser="true", orgSourcedIds=school, role="student", username=who,
                  givenName=f"Quill{number:03}ia", familyName=f"Zarb{number:03}ek", identifier=f"N-{number:05}x",
                  agentSourcedIds=",".join(adults), grades="11")  # fmt: skip
        self._add("demographics.csv", sourcedId=who, birthDate=birth.isoformat())
        for adult in adults:
            self._adult(number, adult)
        for semester in SEMESTERS:
            for subject in SUBJECTS:
                class_id = f"{school}-{semester}-{subject[:3]}"
                self._add("enrollments.csv", sourcedId=f"{class_id}-{who}", classSourcedId=class_id, role="student",
                          schoolSourcedId=school, userSourcedId=who, beginDate=SEMESTERS[semester][0])  # fmt: skip
                for period in periods_of(semester, until):
                    item, day = f"{class_id}-{period}", PERIODS[period][2]
                    score = self.scores.get((who, item), str(60 + (number * 7 + len(item) * 3 + int(period[2])) % 40))
                    self._add("results.csv", sourcedId=f"{item}-{who}", lineItemSourcedId=item, studentSourcedId=who,
                              scoreStatus="fully graded", score=score, scoreDate=day)  # fmt: skip

    def _adult(self, number: int, adult: str) -> None:
        self._add("users.csv", sourcedId=adult, enabledUser="true", orgSourcedIds=self.school_of(number),
                  role="parent", username=adult, givenName=f"Vesp{adult}", familyName=f"Zarb{number:03}ek",
                  email=mailbox(adult))  # fmt: skip
        if student(number) in self.unknown:
            return
        cells = {}
        if adult in self.barred:
            cells = {"contactRestrictions": "no-records", "restrictionDocument": "Order 7",
                     "restrictionDocumentDate": "2022-01-31"}  # fmt: skip
        self._add("supplement/contacts.csv", studentSourcedId=student(number), contactSourcedId=adult,
                  relation="Father" if adult.startswith("F") else "Mother", isPrimary="true", livesWith="true",
                  legalGuardian="true", street=f"{number + 1} Umbrel{adult} Lane", city="Grand Bend", state="TX",
                  postalCode="78834", preferredLanguage=LANGUAGES[number % len(LANGUAGES)], email=mailbox(adult),
                  preferredChannel=("portal", "email", "print")[number % 3], **cells)  # fmt: skip


def student(number: int) -> str:
    return f"S{number:05}"


def mother(number: int) -> str:
    return f"M{number:05}"


def father(number: int) -> str:
    return f"F{number:05}"


def mailbox(adult: str) -> str:
    return f"{adult.lower()}@families.example.org"


def periods_of(semester: str, until: str) -> list[str]:
    """Those of the semester that are over."""
    return [name for name, (of, _, last, _) in PERIODS.items() if of == semester and last <= until]


def calendar() -> str:
    """calendar.toml."""
    text = CALENDAR
    for name, (semester, _, last, release) in PERIODS.items():
        due = f'grading_due = "{FINALS[name]}"\n' if name in FINALS else ""
        kind = "final" if name in FINALS else "midterm"
        text += (
            f'\n[[cycle]]\nid = "{name}"\nkind = "{kind}"\nsession = "{semester}"\ncutoff = "{last}"\n'
            f'release = "{release}"\n{due}'
        )
    return text


GRADING = """version = "year-1"
rounding = { places = 1 }
aggregate = "weighted"
[scale]
A = "90"
B = "80"
C = "70"
D = "60"
F = "0"
[category.Work]
weight = "100"
"""
