"""Totals, overrides and hidden marks of Canvas gradebooks (tests/data/cases/extracts, 07 to 09)."""

from pathlib import Path

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.accept import accept

from tests.tasks.formats.lms_book import check_sources

CASES = Path(__file__).parents[2] / "data/cases/extracts"
LOCALISED, PERIOD, HIDDEN = (
    CASES / name for name in ("07-canvas-override-is-not-localised", "08-canvas-grading-period-in-the-header",
                              "09-canvas-unposted-anonymous")
)  # fmt: skip
FORM = "canvas-gradebook/1"
FIXED = "Student,ID,SIS User ID,SIS Login ID,Section"


def read(folder: Path) -> tuple[Findings, duckdb.DuckDBPyConnection]:
    sources = {path.name: str(path) for path in sorted(folder.glob("*.csv"))}
    findings, con = check_sources(sources, FORM), duckdb.connect()
    accept(con, sources, findings.rejected, FORM)
    return findings, con


def grades(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str | None, str | None]]:
    query = "SELECT student_sourced_id, percent::VARCHAR, grade FROM accepted_supplement_grades"
    return {
        row[0]: (row[1].rstrip("0").rstrip(".") if row[1] else None, row[2]) for row in con.execute(query).fetchall()
    }


def told(findings: Findings) -> set[tuple[str, str | None]]:
    return {(p.rule, p.column) for p in findings.problems if p.file.endswith(".csv") and p.rule != "missing-file"}


@pytest.mark.parametrize(
    ("folder", "override"), [("input", "91.5"), ("input-semicolons", "91.5"), ("input-without-override", "75")]
)
def test_an_override_is_read_and_says_nothing_of_the_files_language(folder: str, override: str) -> None:
    findings, con = read(LOCALISED / folder)
    assert told(findings) == set()
    assert grades(con) == {"s-1": (override, None), "s-2": ("80", None)}
    scores = con.execute("SELECT score::DOUBLE FROM accepted_results WHERE score IS NOT NULL ORDER BY ALL").fetchall()
    assert scores == [(7.5,), (9.0,), (15.0,)]


@pytest.mark.parametrize("folder", ["input-fall", "input-2021", "input-whole"])
def test_totals_are_known_with_the_title_of_a_grading_period(folder: str) -> None:
    findings, con = read(PERIOD / folder)
    assert told(findings) == set()
    assert grades(con) == {"s-1": ("95", "A"), "s-2": ("90", "A")}
    assert con.execute("SELECT sourced_id FROM accepted_line_items").fetchall() == [("101",)]


def written(folder: Path, header: str, points: str, *rows: str) -> Path:
    lines = [f"{FIXED},{header}", f"    Points Possible,,,,,{points}", *rows]
    (folder / "BIO-9.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_the_total_of_the_course_goes_before_those_of_its_periods(tmp_path: Path) -> None:
    header = "Quiz (101),Quizzes Final Score,Final Score (Q1),Final Score,Override Score"
    folder = written(
        tmp_path, header, "10,,,,", '"Ash, Mira",11,s-1,mira,S1,7.5,70,60,75,', '"Birk, Noor",12,s-2,n,S1,9,,,90,92'
    )
    findings, con = read(folder)
    assert told(findings) == set()
    assert grades(con) == {"s-1": ("75", None), "s-2": ("92", None)}


def test_totals_of_several_periods_alone_are_named_and_not_read(tmp_path: Path) -> None:
    header = "Quiz (101),Final Score (Q1),Override Score (Q1),Final Score (Q2)"
    findings, con = read(written(tmp_path, header, "10,,,", '"Ash, Mira",11,s-1,mira,S1,7.5,75,95,60'))
    assert told(findings) == {("several-periods", None)}
    assert grades(con) == {}


def test_what_is_neither_work_nor_a_known_total_is_named(tmp_path: Path) -> None:
    """An override in another language, or a column of the teacher's own: dropped, and never in silence."""
    header = "Quiz (101),Slutpoäng,Åsidosatt poäng,Anteckningar,Tom"
    findings, _ = read(written(tmp_path, header, "10,(läs endast),,,", '"Ash, Mira",11,s-1,mira,S1,7.5,75,95,sen,'))
    assert told(findings) == {("column-not-read", "Åsidosatt poäng"), ("column-not-read", "Anteckningar")}


def test_a_piece_that_nobody_may_see_yet_is_still_to_be_marked(tmp_path: Path) -> None:
    """N/A in every row is hidden until it is posted; N/A of some is work that was not given to them."""
    findings, con = read(HIDDEN / "input")
    assert told(findings) == {("manual-posting", "Essay (102)")}
    assert con.execute("SELECT count(*) FROM accepted_results WHERE line_item_sourced_id = '102'").fetchall() == [(0,)]

    rows = ('"Ash, Mira",11,s-1,mira,S1,7.5,N/A', '"Birk, Noor",12,s-2,noor,S1,9,18')
    findings, con = read(written(tmp_path, "Quiz (101),Essay (102)", "10,20", *rows))
    assert told(findings) == set()
    marks = (
        "SELECT student_sourced_id, score_status FROM accepted_results WHERE line_item_sourced_id = '102' ORDER BY ALL"
    )
    assert con.execute(marks).fetchall() == [("s-1", "exempt"), ("s-2", "fully graded")]
