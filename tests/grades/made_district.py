"""Makes up a district: who takes what, who came, left and moved, how work was marked, and by which policy.

Same seed, same district. It goes through `prepare` like any other, so that each report can be read back (law 14).
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from tests.grades.bundle import Bundle

T = TypeVar("T")
PlannedPiece = tuple[str, str, date, str]  # category, title, due date, points
PlannedSeat = tuple[str, date, date | None]  # class, from, to
BEGINS, ENDS, HALF = date(2021, 8, 23), date(2021, 12, 18), date(2021, 10, 16)
MIDTERM, FINAL = date(2021, 10, 22), date(2021, 12, 10)  # cut-offs
FOLD = 20  # students who have their classes together
COURSES = ("Algebra", "English", "Biology", "Physical Education", "Studio Art", "Music", "World History")
SECTIONS = {"Algebra": 2, "English": 2}
LANGUAGES = ("", "", "", "en", "es", "fr", "ar", "uk", "zh-CN")
TASKS = {"Homework": 5, "Tests": 3, "Exam": 1}
OTHER_TASKS = {"Studio Art": {"Portfolio": 3, "Bonus": 1}, "Music": {"Homework": 3, "Bonus": 2}}
CALENDAR = """timezone = "America/Chicago"
country = "US"
subdivision = "TX"
office_days = "working"
[[cycle]]
id = "midterm"
kind = "midterm"
session = "term"
cutoff = "2021-10-22"
release = "2021-10-29"
[[cycle]]
id = "final"
kind = "final"
session = "term"
cutoff = "2021-12-10"
release = "2021-12-17"
"""
POLICY = """version = "made"
rounding = {{ places = {places} }}
scale_by = "{scale_by}"
max_percent = 500
aggregate = "weighted"
[scale]
A = "90"
B = "80"
C = "70"
D = "60"
F = "0"
[late]
percent_per_interval = "{late}"
[category.Homework]
weight = "30"
drop_lowest = {dropped}
[category.Tests]
weight = "40"
[category.Exam]
weight = "30"
[category.Bonus]
weight = "10"
extra_credit = true
"""
OWN_RULES = {
    "Physical Education": '[class."{0}".scale]\nP = "60"\nN = "0"\n',
    "Studio Art": '[class."{0}".scale]\nE = "92"\nG = "75"\nS = "55"\nU = "0"\n'
    '[class."{0}".category.Portfolio]\nweight = "100"\n',
    "World History": '[class."{0}".period.p1]\nweight = "40"\n[class."{0}".period.p2]\nweight = "60"\n',
    "Music": '[class."{0}"]\naggregate = "points"\n',
}
IMPORTED = (("B+", ""), ("", "87.5"), ("I", ""), ("P", ""), ("W", ""), ("A", "91"), ("C", "88"), ("TR", ""))
# how often, of a hundred marks
MARKS = {
    "graded": 70, "blank": 3, "submitted": 3, "not submitted": 5, "missing": 2, "zero": 2, "exempt": 2,
    "incomplete": 0.5, "partially graded": 1.5, "late": 9, "more": 2,
}  # fmt: skip


@dataclass
class District:
    """A bundle with its policy and calendar."""

    book: Bundle
    policy: str
    calendar: str = CALENDAR


def make_district(seed: int, students: int) -> District:
    """So many students, each with seven courses and a mother or father who reads some language."""
    return _District(random.Random(seed), students).made()  # noqa: S311 - seeded, and no secret


@dataclass
class _District:
    chance: random.Random
    students: int
    book: Bundle = field(default_factory=lambda: Bundle(version="1.2"))
    rules: list[str] = field(default_factory=list)
    seats: int = 0

    def made(self) -> District:
        for name in ("users.csv", "orgs.csv"):
            self.book.rows.pop(name)
        self.book.add("orgs.csv", sourcedId="school", name="School", type="school")
        self.book.session("p1", "gradingPeriod", "term", end=HALF.isoformat())
        self.book.session("p2", "gradingPeriod", "term", start=HALF.isoformat())
        for title in ("Homework", "Tests", "Exam", "Portfolio", "Bonus"):
            self.book.category(title.lower(), title)
        for course in COURSES:
            self.book.add("courses.csv", sourcedId=course, title=course, courseCode=course[:3], orgSourcedId="school")
        for fold in range(-(-self.students // FOLD)):
            self.fold(fold, [f"s{n}" for n in range(fold * FOLD, min((fold + 1) * FOLD, self.students))])
        head = POLICY.format(places=self.pick((0, 0, 1, 2)), scale_by=self.pick(("rounded", "rounded", "exact")),
                             late=self.pick(("0", "5", "10")), dropped=self.pick((0, 1)))  # fmt: skip
        return District(self.book, head + "".join(self.rules))

    def maybe(self, part: float) -> bool:
        return self.chance.random() < part

    def pick(self, values: tuple[T, ...]) -> T:
        return self.chance.choice(values)

    def day(self, first: date, last: date) -> date:
        day = first + timedelta(days=self.chance.randrange((last - first).days))
        return day - timedelta(days=max(0, day.weekday() - 4))

    def fold(self, fold: int, people: list[str]) -> None:
        for number, person in enumerate(people):
            self.person(person, number + fold)
        for course in COURSES:
            classes = [f"{course[:3].lower()}-{fold}-{n}" for n in range(SECTIONS.get(course, 1))]
            own = len(classes) > 1 and self.maybe(0.3)
            plan = self.plan(course)
            for class_id in classes:
                self.book.add("classes.csv", sourcedId=class_id, title=f"{course} {class_id[4:]}",
                              termSourcedIds="term", classType="scheduled", courseSourcedId=course,
                              schoolSourcedId="school")  # fmt: skip
                if course in OWN_RULES:
                    self.rules.append(OWN_RULES[course].format(class_id))
            sitting = {person: self.history(classes) for person in people}
            for class_id in classes:
                self.work(class_id, self.plan(course) if own else plan, sitting)

    def person(self, person: str, number: int) -> None:
        self.book.add("users.csv", sourcedId=person, enabledUser="true", orgSourcedIds="school", role="student",
                      username=person, givenName=f"Ann{number}", familyName=f"Lee{person}", identifier=person,
                      agentSourcedIds=f"c-{person}", grades="10")  # fmt: skip
        self.book.add("users.csv", sourcedId=f"c-{person}", enabledUser="true", orgSourcedIds="school", role="parent",
                      username=f"c-{person}", givenName=f"Pat{number}", familyName=f"Lee{person}",
                      email=f"c-{person}@families.example.org")  # fmt: skip
        self.book.add("supplement/contacts.csv", studentSourcedId=person, contactSourcedId=f"c-{person}",
                      relation="Mother", isPrimary="true", livesWith="true", street=f"{number} Elm", city="Grand Bend",
                      state="TX", postalCode="78834", preferredLanguage=self.pick(LANGUAGES))  # fmt: skip
        if self.maybe(0.05):
            self.book.add("supplement/students.csv", studentSourcedId=person, verdict="false")

    def plan(self, course: str) -> list[PlannedPiece]:
        """Category, title, due date and points of each piece."""
        found = []
        for category, count in OTHER_TASKS.get(course, TASKS).items():
            for number in range(count):
                last = category == "Exam"
                due = self.day(date(2021, 12, 1), FINAL) if last else self.day(BEGINS + timedelta(days=7), FINAL)
                worth = "0" if category == "Homework" and self.maybe(0.06) else self.pick(("10", "20", "25", "100"))
                found.append((category, f"{category} {number + 1}", due, worth))
        return found

    def history(self, classes: list[str]) -> list[PlannedSeat]:
        """Seats of one student in the sections of a course."""
        mine, middle, kind = (
            self.chance.choice(classes),
            self.day(date(2021, 9, 6), date(2021, 12, 3)),
            self.chance.random(),
        )
        if kind < 0.05:
            return [(mine, middle, None)]  # came late
        if kind < 0.08:
            return [(mine, BEGINS, middle)]  # left
        if kind < 0.10:
            return [(mine, BEGINS, BEGINS + timedelta(days=9))]  # dropped it
        if kind < 0.12:
            return [(mine, BEGINS, middle), (mine, middle + timedelta(days=10), None)]  # was away
        if kind < 0.2 and len(classes) > 1:
            other = next(name for name in classes if name != mine)
            return [(mine, BEGINS, middle), (other, middle, None)]  # moved
        return [(mine, BEGINS, None)]

    def work(self, class_id: str, plan: list[PlannedPiece], sitting: dict[str, list[PlannedSeat]]) -> None:
        people = []
        for person, seats in sitting.items():
            for seat in (seat for seat in seats if seat[0] == class_id):
                self.seats += 1
                self.book.add("enrollments.csv", sourcedId=f"e{self.seats}", classSourcedId=class_id, role="student",
                              schoolSourcedId="school", userSourcedId=person, beginDate=seat[1].isoformat(),
                              endDate=seat[2].isoformat() if seat[2] else "")  # fmt: skip
                people.append(person)
        nobody = self.pick(("Exam", "Exam", "", "", "", "", "", ""))  # what the teacher has not marked at all
        for number, (category, title, due, worth) in enumerate(plan):
            item = f"{class_id}-{number}"
            self.book.item(item, class_id, category.lower(), worth, "p1" if due < HALF else "p2", title=title,
                           dueDate=due.isoformat(), assignDate=BEGINS.isoformat())  # fmt: skip
            for person in dict.fromkeys(people):
                if category != nobody:
                    self.mark(item, person, due, worth, is_extra=category == "Bonus")
        for person in dict.fromkeys(people):
            if self.maybe(0.03):
                grade, percent = self.pick(IMPORTED)
                self.book.add("supplement/grades.csv", studentSourcedId=person, classSourcedId=class_id, grade=grade,
                              percent=percent, academicSessionSourcedId="term")  # fmt: skip

    def mark(self, item: str, person: str, due: date, worth: str, *, is_extra: bool) -> None:
        top = int(worth) or 5
        day = min(due + timedelta(days=self.pick((0, 0, 1, 4))), FINAL)
        score = str(self.chance.randint(top // 3, top))
        if is_extra and self.maybe(0.5):
            return
        (kind,) = self.chance.choices(list(MARKS), list(MARKS.values()))
        cells: dict[str, str] = {"scoreDate": day.isoformat()}
        if kind == "blank":
            return
        if kind in ("submitted", "not submitted", "exempt", "partially graded"):
            cells["scoreStatus"] = kind
        elif kind in ("late", "missing", "incomplete"):
            cells[kind] = "true"
        score = {"missing": "0", "zero": "0", "more": str(top + 1)}.get(kind, score)
        if kind in ("submitted", "not submitted", "exempt"):
            self.book.mark(item, None, person, **cells)
            return
        self.book.mark(item, score, person, **cells)


def write_district(district: District, folder: Path, home: Path) -> Path:
    """The extract; the policy and the calendar go into a home."""
    (home / "grading.toml").write_text(district.policy)
    (home / "calendar.toml").write_text(district.calendar)
    return district.book.write(folder)
