"""One student whose courses are each another case of what a family must be told, as a midterm and as a final report."""

from datetime import date
from pathlib import Path

from termpost.schemas.documents.report import Report
from termpost.tasks.home.home import Home

from tests.tasks.gradebook import Gradebook, Rooms, new_home, write_csv

POLICY = """
version = "cases"
rounding = { places = 0 }
aggregate = "points"

[scale]
A = "90"
B = "80"
C = "70"
D = "60"
F = "0"

[class.gym.scale]
P = "60"
N = "0"

[class.late.late]
percent_per_interval = "10"

[class.deduct.missing]
deduct_percent = "40"
"""
WEIGHTS = """
[class.{name}]
aggregate = "weighted"
[class.{name}.category.hw]
weight = "{hw}"
[class.{name}.category.ex]
weight = "{ex}"
"""
GRADES = ["studentSourcedId", "classSourcedId", "academicSessionSourcedId", "grade", "percent", "note"]
CYCLE = """
[[cycle]]
id = "{0}"
kind = "{0}"
session = "2021-fall"
cutoff = "2021-11-19"
release = "2021-12-03"
"""
KINDS = ("midterm", "end_of_term", "final")
CUTOFF = date(2021, 11, 19)
ANN, BEN, CAL, DEB = "ann", "ben", "cal", "deb"


def _book() -> Gradebook:
    book = Gradebook()
    book.school()
    for person in (ANN, BEN, CAL, DEB):
        book.student(person)
    for category, title in (("hw", "Homework"), ("ex", "Exam")):
        book.add("categories.csv", sourcedId=category, title=title)
    return book


def _course(book: Gradebook, name: str, title: str, **cells: str) -> None:
    book.course(name, title=title, **cells)
    for person in (ANN, BEN, CAL, DEB):
        book.enroll(person, name)


def _piece(book: Gradebook, item: str, class_id: str, title: str, *, category: str = "hw", **cells: str) -> None:
    book.item(item, class_id, "100", **{"title": title, "categorySourcedId": category, **cells})


def _marks(book: Gradebook, item: str, ann: str | None, others: str | None = "80", **cells: str) -> None:
    for person in (ANN, BEN, CAL, DEB):
        score = ann if person == ANN else others
        if score is not None:
            book.mark(item, person, score, **(cells if person == ANN else {}))


def build() -> Gradebook:
    """Each class is one case; what is special is Ann's."""
    book = _book()
    for number in (10, 2, 1):  # sorted as people do
        _course(book, f"part{number}", f"Algebra, part {number}")
        _piece(book, f"p{number}", f"part{number}", "Test")
        _marks(book, f"p{number}", "89.6")
    for name, title in (("gone", "Biology"), ("deduct", "Botany")):
        _course(book, name, title)
        _piece(book, f"{name}1", name, "Lab report")
        _piece(book, f"{name}2", name, "Field notes")
        _marks(book, f"{name}1", "84")
        _marks(book, f"{name}2", "", scoreStatus="not submitted")
    _course(book, "late", "Chemistry")
    _piece(book, "late1", "late", "Titration")
    _marks(book, "late1", "90", comment="Late")
    _course(book, "open", "Drama")
    _piece(book, "open1", "open", "Monologue")
    _piece(book, "open2", "open", "Term exam", category="ex")
    _marks(book, "open1", "90")
    _marks(book, "open2", "", scoreStatus="submitted")
    _weighted(book)
    _seats(book)
    _course(book, "gym", "Physical Education")
    _piece(book, "gym1", "gym", "Running")
    _marks(book, "gym1", "65")
    _course(book, "inc", "Pottery")
    _piece(book, "inc1", "inc", "Bowl")
    _piece(book, "inc2", "inc", "Vase")
    _marks(book, "inc1", "90")
    _marks(book, "inc2", "90")
    for name, title in (("set", "Rhetoric"), ("code", "Service")):
        _course(book, name, title)
        _piece(book, f"{name}1", name, "Speech")
        _marks(book, f"{name}1", "71")
    return book


def _weighted(book: Gradebook) -> None:
    """Parts of a grade that are empty: for Ann alone, for everybody, and all but a little of it."""
    for name, title in (("parts", "English"), ("asked", "French"), ("little", "German")):
        _course(book, name, title)
        _piece(book, f"{name}1", name, "Essay")
        _piece(book, f"{name}2", name, "Exam paper", category="ex")
        _marks(book, f"{name}1", "78")
        excused = {"scoreStatus": "exempt"}
        _marks(book, f"{name}2", "", None if name == "asked" else "80", **excused)
        if name == "asked":
            for person in (BEN, CAL, DEB):
                book.mark(f"{name}2", person, "", **excused)


def _seats(book: Gradebook) -> None:
    """Joined late, left, and moved from one section to another."""
    titles = {"join": "Health", "left": "Italian", "mv1": "Music, section 1", "mv2": "Music, section 2"}
    for name, title in titles.items():
        shared = {"courseSourcedId": "course-mv1"} if name == "mv2" else {}
        _course(book, name, title, **shared)
        _piece(book, f"{name}1", name, "First task", dueDate="2021-10-06")
        _piece(book, f"{name}2", name, "Second task", dueDate="2021-11-10")
        _marks(book, f"{name}2", "88", scoreDate="2021-11-12")
    _marks(book, "join1", None)
    for item in ("left1", "mv11"):
        _marks(book, item, "92")
    seats = {(row["userSourcedId"], row["classSourcedId"]): row for row in book.files["enrollments.csv"]}
    seats[ANN, "join"]["beginDate"] = "2021-10-04"
    seats[ANN, "left"]["endDate"] = "2021-10-30"
    seats[ANN, "mv1"]["endDate"] = "2021-10-18"
    seats[ANN, "mv2"]["beginDate"] = "2021-10-18"
    elsewhere = {(ANN, "mv12"), (ANN, "left2")}
    book.files["results.csv"] = [
        row for row in book.files["results.csv"] if (row["studentSourcedId"], row["lineItemSourcedId"]) not in elsewhere
    ]


def rooms_of_every_case(folder: Path, **settings: str) -> tuple[Rooms, str]:
    """A home with the policy of the cases, and the extract that was taken in."""
    made = new_home(folder / "home")
    weights = (("parts", 60, 40), ("asked", 60, 40), ("little", 20, 80))
    policy = POLICY + "".join(WEIGHTS.format(name=name, hw=hw, ex=ex) for name, hw, ex in weights)
    (made.path / "grading.toml").write_text(policy)
    calendar = (made.path / "calendar.toml").read_text()
    (made.path / "calendar.toml").write_text(calendar.partition("[[cycle]]")[0] + "".join(map(CYCLE.format, KINDS)))
    rooms = Rooms(Home(made.path, made.clock, settings))
    source = build().write(folder / "extract")
    grades = [{"percent": "88.5", "grade": "A", "classSourcedId": "set"}, {"grade": "W", "classSourcedId": "code"}]
    both = {"studentSourcedId": ANN, "academicSessionSourcedId": "2021-fall"}
    write_csv(source / "supplement" / "grades.csv", GRADES, [row | both for row in grades])
    extract_id = rooms.take_in(source)
    with rooms.lake() as lake:  # OneRoster 1.1 has no word for it
        lake.execute("UPDATE lake.core_result SET is_incomplete = true WHERE line_item_id = 'inc2'")
    return rooms, extract_id


def ann_s_report(rooms: Rooms, extract_id: str, kind: str) -> Report:
    """Of a cycle of that kind, cut off on one day."""
    from termpost.schemas.base.refs import ExtractId

    return rooms.reports(rooms.summarise(ExtractId(extract_id), id=kind, kind=kind, cutoff=CUTOFF))[ANN]
