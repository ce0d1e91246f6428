"""A number of any length is at worst a fault of its row: never one of the check, and never the mark of anybody."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check import against_contracts
from termpost.tasks.check.accept import accept
from termpost.tasks.check.contracts.check_parameters import CheckParameters

from tests.grades.bundle import Bundle

DIGITS = (8, 9, 10, 11, 12, 13, 18, 19, 20, 38, 39, 40, 77, 400)
LONG = {f"{n} digits": "9" * n for n in DIGITS} | {
    "a bar code with decimals": "4006381333931.5",
    "a long fraction": "99999999." + "9" * 400,
    "a sign": "+123456789012",
    "an exponent": "1E+30",
    "a small exponent": "1e-30",
    "a negative one": "-" + "9" * 30,
}
# what a spreadsheet may make of 8.5, however long
EXACT = {"leading zeros": "0" * 400 + "8.5", "trailing zeros": "8.5" + "0" * 400, "no zero": "8." + "5" + "0" * 37}


def code_of(number: str, otherwise: str) -> str:
    if not number.strip("-").replace(".", "").isdigit():
        return "type-decimal"
    whole, _, fraction = number.strip("-").partition(".")
    return "too-precise" if len(whole) > 12 or len(fraction.rstrip("0")) > 6 else otherwise


def judge(folder: Path, form: str = "oneroster-csv/1.1", *, few: bool = True) -> Findings:
    sources = {path.relative_to(folder).as_posix(): str(path) for path in folder.rglob("*.csv")}
    with duckdb.connect() as con, patch.object(against_contracts, "FEW", 20_000 if few else -1):
        found = against_contracts.hold_against_contracts(con, sources, "e", CheckParameters(better={}), form)
        accept(con, sources, found.rejected, form)
        for (view,) in con.execute("SELECT view_name FROM duckdb_views() WHERE view_name LIKE 'accepted_%'").fetchall():
            con.execute(f"FROM {view}").fetchall()
    return found


def school(version: str = "1.1") -> Bundle:
    """A class for each number in each column that takes one, with a student of its own; `class` names the row."""
    book = Bundle(version=version)
    book.category("work", "Work")
    for column in ("score", "max", "min", "bonus", "percent"):
        for number, value in enumerate((LONG | EXACT).values()):
            name = f"{column}-{number}"
            book.student(name)
            book.klass(name, name)
            worth = {HEADER[column]: value} if column in ("max", "min") else {}
            book.item(f"i-{name}", name, "work", "0" if column == "bonus" else "100", **worth)
            book.item(f"j-{name}", name, "work", "100")
            book.mark(f"i-{name}", value if column in ("score", "bonus") else "9", name)
            if column == "percent":
                book.add("supplement/grades.csv", studentSourcedId=name, classSourcedId=name,
                         academicSessionSourcedId="term", percent=value)  # fmt: skip
    return book


HEADER = {"score": "score", "bonus": "score", "max": "resultValueMax", "min": "resultValueMin", "percent": "percent"}
FILE = {"max": "lineItems.csv", "min": "lineItems.csv", "percent": "supplement/grades.csv"}
FALLBACK = {"score": "above-max", "bonus": "above-max", "percent": "above-max", "max": "range", "min": "range"}


def expected(book: Bundle) -> set[tuple[str, str, str, int, str]]:
    """(class, rule, file, row, column) of every row that is wrong by itself."""
    rows = {file: [row["classSourcedId"] for row in book.rows[file]] for file in ("lineItems.csv", FILE["percent"])}
    rows["lineItems.csv"] = [n if row["sourcedId"][0] == "i" else "" for n, row in
                             zip(rows["lineItems.csv"], book.rows["lineItems.csv"], strict=True)]  # fmt: skip
    rows["results.csv"] = [row["studentSourcedId"] for row in book.rows["results.csv"]]
    found = set()
    for column, header in HEADER.items():
        file = FILE.get(column, "results.csv")
        for number, value in enumerate(LONG.values()):
            name = f"{column}-{number}"
            rule = code_of(value, FALLBACK[column])
            found.add((name, rule, file, rows[file].index(name) + 1, header))
    for number in range(len(LONG), len(LONG) + len(EXACT)):  # 8.5 is a lowest mark, and no policy says what it means
        name = f"min-{number}"
        found.add((name, "lowest-mark", FILE["min"], rows[FILE["min"]].index(name) + 1, HEADER["min"]))
    return found


@pytest.mark.parametrize(("version", "few"), [("1.1", True), ("1.1", False), ("1.2", True)])
def test_a_number_of_any_length_quarantines_its_row_alone(version: str, few: bool, tmp_path: Path) -> None:
    book = school(version)
    found = judge(book.write(tmp_path), f"oneroster-csv/{version}", few=few)

    wrong = expected(book)
    own = {(p.rule, p.file, p.row, p.column) for p in found.problems if p.severity == "error" and p.rule != "reference"}
    assert own == {fault[1:] for fault in wrong}
    assert {(hold.student, hold.class_id) for hold in found.holds} == {(name, name) for name, *_ in wrong}
    assert {p.row for p in found.problems if p.rule == "reference"} == {  # marks of a line item that fell
        number for number, row in enumerate(book.rows["results.csv"], start=1)
        if row["studentSourcedId"] in {name for name, _, file, *_ in wrong if file == "lineItems.csv"}
    }  # fmt: skip


def test_weights_and_marks_on_objectives_are_judged_like_any_other_number(tmp_path: Path) -> None:
    book = Bundle(version="1.2")
    book.klass("c")
    for number, value in enumerate(LONG.values()):
        book.add("categories.csv", sourcedId=f"k{number}", title=f"K{number}", weight=value)
    book.category("work", "Work")
    book.item("i", "c", "work", "100")
    book.mark("i", "50")
    folder = book.write(tmp_path)
    columns = "sourcedId,status,dateLastModified,resultSourcedId,source,learningObjectiveId,score,textScore"
    lines = [f"o{n},,,r-i-s1,unknown,obj{n},{value}," for n, value in enumerate([*LONG.values(), "201", "200"])]
    (folder / "resultLearningObjectiveIds.csv").write_text("\n".join([columns, *lines, ""]))
    found = judge(folder, "oneroster-csv/1.2")

    said = {(p.rule, p.file, p.row, p.column) for p in found.problems if p.severity == "error"}
    of_both = (("categories.csv", "weight"), ("resultLearningObjectiveIds.csv", "score"))
    assert said == {
        (code_of(value, "range"), file, number, column)
        for number, value in enumerate(LONG.values(), start=1) for file, column in of_both
    } | {("above-max", "resultLearningObjectiveIds.csv", len(LONG) + 1, "score")}  # fmt: skip


def test_points_of_all_formats_that_a_million_holds_are_kept_exactly(tmp_path: Path) -> None:
    book = Bundle()
    book.category("work", "Work")
    book.klass("c")
    for item, worth, score in (("a", "1000000", "999999.999999"), ("b", "0.000001", "0.000001")):
        book.item(item, "c", "work", worth)
        book.mark(item, score)
    assert judge(book.write(tmp_path)).rejected == ()


@pytest.mark.parametrize(
    ("bonus", "worth", "is_wrong"),
    [("100", "1", False), ("101", "50", True), ("101", "51", False), ("1000000", "500", True), ("604822", "0", True)],
)
def test_a_bonus_beyond_all_the_points_of_its_class_is_no_bonus(
    bonus: str, worth: str, is_wrong: bool, tmp_path: Path
) -> None:
    """A student number that landed in the column of a bonus, which has no points possible to hold it against."""
    book = Bundle()
    book.category("work", "Work")
    book.klass("c")
    book.item("extra", "c", "work", "0")
    book.item("a", "c", "work", worth)
    book.mark("extra", bonus)
    found = judge(book.write(tmp_path))
    assert [(p.rule, p.row) for p in found.problems if p.severity == "error"] == [("above-max", 1)] * is_wrong


def test_case_19_holds_one_course_for_one_row(tmp_path: Path) -> None:
    """A number of 11 or 12 digits in the score column, as when a bar code lands there, broke the check."""
    for number in ("12345678901", "123456789012"):
        book: Any = Bundle()
        book.category("work", "Work")
        book.student("s2")
        book.klass("m", "s1", "s2")
        book.item("t1", "m", "work", "100")
        book.mark("t1", number, "s1")
        book.mark("t1", "50", "s2")
        found = judge(book.write(tmp_path / number))
        assert [(r.file, r.row, r.rule, r.column) for r in found.rejected] == [("results.csv", 1, "above-max", "score")]
        assert [(h.student, h.class_id, h.reason) for h in found.holds] == [("s1", "m", "above-max")]
