"""A Canvas gradebook of our own making: from a model to a file as Canvas writes it, and all that trips readers."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

READ_ONLY = {"en": "(read only)", "de": "(schreibgeschützt)", "fr": "(lecture seule)"}
POINTS = {"en": "    Points Possible", "de": "    Mögliche Punkte", "fr": "    Points possibles"}
AND = {"en": " and ", "de": " und ", "fr": " et "}
TEST_LOGIN = "8d9e6e1bb4f1a0d0c1f2a3b4c5d6e7f8091a2b3c"


def number(value: str, locale: str) -> str:
    """As the export writes it: at least one decimal, at most two, in the language's own marks."""
    whole, _, part = value.partition(".")
    digits, mark, thousands = (
        whole.lstrip("-"),
        "." if locale == "en" else ",",
        {"de": ".", "fr": "\u202f"}.get(locale, ""),
    )
    if thousands:
        digits = f"{int(digits):,}".replace(",", thousands)
    return ("-" if whole.startswith("-") else "") + digits + mark + (part or "0")


@dataclass
class Item:
    id: str
    title: str
    points: str
    manual: bool = False


@dataclass
class Student:
    id: str
    name: str  # sortable
    sis: str = ""
    login: str = ""
    sections: tuple[str, ...] = ("Section 1",)
    marks: dict[str, str] = field(default_factory=dict)  # item id → points, "EX", "N/A" or "" for not marked


@dataclass
class Course:
    """One course; `file` is the name of its export."""

    file: str
    items: list[Item]
    students: list[Student]
    locale: str = "en"
    delimiter: str = ","
    bom: bool = True
    totals: bool = True
    test_student: bool = True
    override: dict[str, tuple[str, str]] | None = None  # student id → score, grade

    def rows(self) -> list[list[str]]:
        """The cells as Canvas writes them: header, manual posting, points possible, students, test student."""
        only = READ_ONLY[self.locale]
        groups = [
            "Work (Unit 1) Current Score",
            "Work (Unit 1) Final Score",
            "Current Score",
            "Final Score",
            "Final Grade",
        ]
        totals = groups if self.totals else []
        totals = [*totals, "Override Score", "Override Grade"] if self.override is not None else totals
        header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Root Account", "Integration ID", "Section", "Notes"]
        rows = [[*header, *(f"{i.title} ({i.id})" for i in self.items), *totals]]
        if any(item.manual for item in self.items):
            rows.append([""] * 8 + ["Manual Posting" if i.manual else "" for i in self.items] + [""] * len(totals))
        points = [number(i.points, self.locale) for i in self.items]
        rows.append([POINTS[self.locale], *[""] * 6, only, *points, *[only] * len(totals)])
        rows.extend(self._student(student, len(groups) if self.totals else 0) for student in self.students)
        if self.test_student:
            blank = ["0,0" if self.locale != "en" else "0.0"] * len(totals)
            marks = ["" for _ in self.items]
            rows.append(["Student, Test", "99999", "", TEST_LOGIN, "canvas", "", "Section 1", "", *marks, *blank])
        return rows

    def _student(self, student: Student, totals: int) -> list[str]:
        name = f'="{student.name}"' if student.name.startswith("=") else student.name
        marks = [student.marks.get(item.id, "") for item in self.items]
        cells = [m if m in {"", "EX", "N/A"} else number(m, self.locale) for m in marks]
        summed = [number("87.5", self.locale)] * (totals - 1) + ["B+"] if totals else []
        score, grade = (self.override or {}).get(student.id, ("", ""))
        over = [number(score, self.locale) if score else "", grade] if self.override is not None else []
        sections = AND[self.locale].join(student.sections)
        fixed = [name, student.id, student.sis, student.login, "canvas", "", sections, "sits in front, by the window"]
        return [*fixed, *cells, *summed, *over]

    def text(self) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerows(self.rows())
        return ("\ufeff" if self.bom else "") + out.getvalue()

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / self.file).write_bytes(self.text().encode())
        return folder


def from_one_roster(folder: Path, class_id: str, file: str, **settings: object) -> Course:
    """The gradebook of one class of a OneRoster bundle, as Canvas would have exported it; ids are the bundle's own."""

    def read(name: str) -> list[dict[str, str]]:
        with (folder / name).open(newline="", encoding="utf-8-sig") as source:
            return list(csv.DictReader(source))

    items = [
        Item(r["sourcedId"], r["title"], r["resultValueMax"])
        for r in read("lineItems.csv")
        if r["classSourcedId"] == class_id
    ]
    seats = [
        r["userSourcedId"]
        for r in read("enrollments.csv")
        if r["classSourcedId"] == class_id and r["role"] == "student"
    ]
    users = {r["sourcedId"]: r for r in read("users.csv")}
    students = {
        seat: Student(
            f"9{seat}", f"{users[seat]['familyName']}, {users[seat]['givenName']}", seat, users[seat]["username"]
        )
        for seat in seats
    }
    for result in read("results.csv"):
        student = students.get(result["studentSourcedId"])
        if student and result["lineItemSourcedId"] in {item.id for item in items}:
            student.marks[result["lineItemSourcedId"]] = result["score"]
    return Course(file, items, list(students.values()), **settings)  # type: ignore[arg-type]
