"""Writes a district, school by school and unit by unit: memory holds one unit, whatever the size."""

from collections import Counter
from pathlib import Path

from benchmarks.district.classes import Class, classes, courses
from benchmarks.district.columns import manifest
from benchmarks.district.files import ZIP_NAME, Counts, Files, empty_folder, pack, staging
from benchmarks.district.marks import CATEGORIES, LineItem, line_items, results
from benchmarks.district.people import People
from benchmarks.district.plan import District, School, Unit, schools
from benchmarks.district.sessions import SchoolYear, school_year
from benchmarks.district.students import Student, students
from benchmarks.district.supplement import attendance, course_comments, grades, homeroom_comments


def write_district(district: District, folder: Path, *, zip: bool = False) -> Counts:  # noqa: A002 - callers' word
    """Writes the extract into an empty folder, or as `district.zip` in it; InputError where something lies there."""
    empty_folder(folder)
    if not zip:
        return _write(district, folder, folder)
    with staging(folder) as name:
        counts = _write(district, Path(name), folder / ZIP_NAME)
        pack(Path(name), counts.path)
    return counts


def _write(district: District, folder: Path, path: Path) -> Counts:
    statuses: Counter[str] = Counter()
    with Files(folder, district.version) as files:
        people = People(files)
        _write_frame(district, files)
        for school in schools(district):
            _write_school(school, files, people, statuses)
    staff = people.roles["teacher"]
    known = sum(people.roles[role] for role in ("parent", "guardian", "relative"))
    return Counts(
        path, dict(files.rows), people.roles["student"], staff, known, district.school_count, files.rows["classes.csv"],
        files.rows["enrollments.csv"], dict(people.contacts), people.examples, dict(statuses), dict(people.languages),
    )  # fmt: skip


def _write_frame(district: District, files: Files) -> None:
    files.add_all("manifest.csv", manifest(district.version))
    files.add("orgs.csv", {"sourcedId": "D1", "name": "Alder Falls ISD", "type": "district", "identifier": "D1"})
    for session in school_year(district.year).sessions:
        files.add("academicSessions.csv", session.row(district.year))
    for category in CATEGORIES:
        row = {"sourcedId": category.id, "title": category.title, "weight": str(category.weight)}
        files.add("categories.csv", row)


def _write_school(school: School, files: Files, people: People, statuses: Counter[str]) -> None:
    name = f"Alder Falls {school.level} {school.number // 2 + 1}"
    files.add("orgs.csv", {
        "sourcedId": school.id, "name": name, "type": "school", "identifier": school.id, "parentSourcedId": "D1",
    })  # fmt: skip
    people.staff(school, "administrator", f"A{school.number:03d}", "principal")
    people.staff(school, "aide", f"H{school.number:03d}", "aide")
    for unit in school.units():
        if unit.opens_grade:
            _write_courses(unit, files)
        _write_unit(unit, files, people, statuses)


def _write_courses(unit: Unit, files: Files) -> None:
    year = school_year(unit.school.district.year)
    for course in courses(unit.school, unit.grade):
        files.add("courses.csv", {
            "sourcedId": course.id, "schoolYearSourcedId": year.year.id, "title": course.title, "courseCode": course.id,
            "grades": f"{course.grade:02d}", "orgSourcedId": unit.school.id, "subjects": course.subject,
        })  # fmt: skip


def _write_unit(unit: Unit, files: Files, people: People, statuses: Counter[str]) -> None:
    school, district = unit.school, unit.school.district
    year, cycles = school_year(district.year), (f"{district.year}-fall-midterm", f"{district.year}-fall-final")
    enrolled = students(unit)
    rng = district.rng("supplement", school.number, unit.number)
    for student in enrolled:
        people.student(unit, student)
        files.add_all("supplement/attendance.csv", attendance(student, school, year, rng))
        files.add_all("supplement/comments.csv", homeroom_comments(student, cycles, rng))
    known: set[str] = set()
    for held in classes(unit):
        if held.teacher not in known:
            known.add(held.teacher)
            people.staff(school, "teacher", held.teacher, held.course.subject)
        _write_class(held, unit, files)
        _write_roster(held, enrolled, year, files)
        _write_marks(held, enrolled, year, files, statuses)
        files.add_all("supplement/comments.csv", course_comments(held, enrolled, cycles, rng))
        files.add_all("supplement/grades.csv", grades(held, enrolled, year, rng))


def _write_class(held: Class, unit: Unit, files: Files) -> None:
    year, course = school_year(unit.school.district.year), held.course
    files.add("classes.csv", {
        "sourcedId": held.id, "title": f"{course.title}, section {unit.number + 1}.{held.section}",
        "grades": f"{unit.grade:02d}", "courseSourcedId": course.id, "classCode": held.id, "classType": "scheduled",
        "location": f"Room {unit.number + 1}{course.number:02d}", "schoolSourcedId": unit.school.id,
        "termSourcedIds": f"{year.fall.id},{year.spring.id}", "subjects": course.subject, "periods": str(course.period),
    })  # fmt: skip


def _write_roster(held: Class, enrolled: list[Student], year: SchoolYear, files: Files) -> None:
    start, turn = str(year.year.start), str(year.spring.start)
    base = {"classSourcedId": held.id, "schoolSourcedId": held.course.school.id}
    for teacher, primary in ((held.teacher, "true"), (held.co_teacher, "false")):
        if teacher:
            own = {"sourcedId": f"{held.id}-{teacher}", "userSourcedId": teacher, "role": "teacher", "primary": primary}
            files.add("enrollments.csv", base | own | {"beginDate": start})
    for place, term in held.roster:
        student = enrolled[place].id
        files.add("enrollments.csv", base | {
            "sourcedId": f"{held.id}-{student}", "userSourcedId": student, "role": "student", "primary": "false",
            "beginDate": turn if term == "spring" else start, "endDate": turn if term == "fall" else "",
        })  # fmt: skip


def _write_marks(held: Class, enrolled: list[Student], year: SchoolYear, files: Files, statuses: Counter[str]) -> None:
    district, width = held.course.school.district, len(files.columns["results.csv"])
    rng = district.rng("marks", held.id)
    for item in line_items(held, year, district.line_items_per_class):
        files.add("lineItems.csv", _line_item_row(item, held))
        rows = results(held, item, enrolled, rng)
        statuses.update([row[5] for row in rows])
        files.add_all("results.csv", [row[:width] for row in rows])


def _line_item_row(item: LineItem, held: Class) -> dict[str, str]:
    return {
        "sourcedId": item.id, "title": item.title, "assignDate": str(item.assigned), "dueDate": str(item.due),
        "classSourcedId": held.id, "categorySourcedId": item.category.id, "gradingPeriodSourcedId": item.period.id,
        "academicSessionSourcedId": item.period.id, "resultValueMin": "0", "resultValueMax": str(item.possible),
        "schoolSourcedId": held.course.school.id,
    }  # fmt: skip
