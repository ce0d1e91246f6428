"""The history as it was known at an instant, and the analysts' views and questions on it, counted by hand."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.analysis.history import History, open_history
from termpost.tasks.analysis.query import ask, select
from termpost.tasks.analysis.view_catalog import questions, read_view, views

from tests.tasks.analysis.made_history import MadeHistory, day
from tests.tasks.gradebook import new_home

MID, END = date(2021, 10, 15), date(2021, 12, 10)
EVERYBODY = {f"s-{n}": (2008 if n <= 4 else 2009, "09") for n in range(1, 6)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeHistory:
    """Cells of 3. Five students: s-1 to s-4 are born in 2008, s-5 in 2009. Two cycles; of the first, s-1 is released
    by the extract `one`; the extract `two` says otherwise of everybody later."""
    home = new_home(tmp_path_factory.mktemp("history") / "home", day(12, 17), TERMPOST_PRIVACY__SMALL_CELL="3")
    made = MadeHistory(home)
    made.extract("one", day(10, 16), EVERYBODY)
    made.summaries("mid", MID, "one", day(10, 16), {
        "s-1": {"alg": "50"}, "s-2": {"alg": "59.5"}, "s-3": {"alg": "40", "art": "90"}, "s-4": {"geo": "80"},
        "s-5": {"geo": "70.01"},
    }, missing={"s-4": 3})  # fmt: skip
    made.release("mid", MID, "one", day(10, 20), ["s-1"])
    made.extract("two", day(11, 1), EVERYBODY)
    made.summaries("mid", MID, "two", day(11, 1), {s: {"alg": "99"} for s in EVERYBODY})
    made.summaries("end", END, "two", day(12, 15), {
        "s-1": {"alg": "70"}, "s-2": {"alg": "80"}, "s-3": {"alg": "85.01"}, "s-4": {"alg": "60"}, "s-5": {"geo": "59"},
    })  # fmt: skip
    return made


@pytest.fixture(scope="module")
def now(made: MadeHistory) -> Iterator[History]:
    with open_history(made.home) as history:
        yield history


def at(made: MadeHistory, month: int, number: int, query: str) -> list[tuple[object, ...]]:
    with open_history(made.home, day(month, number)) as history:
        return select(history, query)[1]


def test_a_released_report_keeps_its_numbers_when_a_newer_extract_says_otherwise(made: MadeHistory) -> None:
    query = "SELECT student_key, is_released, final_percent FROM course_grade WHERE class_id = 'alg'"
    said = {key: (released, percent) for key, released, percent in at(made, 11, 2, query)}
    assert said.pop(made.key("s-1")) == (True, Decimal(50))
    assert set(said.values()) == {(False, Decimal(99))}
    assert len(said) == 4


def test_what_was_known_later_never_counts(made: MadeHistory) -> None:
    query = "SELECT is_released, final_percent FROM course_grade WHERE class_id = 'alg' ORDER BY ALL"
    assert at(made, 10, 15, query) == []
    assert at(made, 10, 19, query) == [(False, Decimal(40)), (False, Decimal(50)), (False, Decimal("59.5"))]
    assert at(made, 10, 21, query) == [(False, Decimal(40)), (False, Decimal("59.5")), (True, Decimal(50))]
    assert at(made, 10, 21, "SELECT DISTINCT extract_id FROM core_person") == [("one",)]
    assert at(made, 10, 19, "FROM out_release") == []


def test_people_stand_under_a_reference_that_is_not_the_logs(made: MadeHistory, now: History) -> None:
    keys = {made.key(student) for student in EVERYBODY}
    for table in ("core_person", "out_course_summary", "out_student_summary", "out_attendance_summary"):
        assert {key for (key,) in select(now, f"SELECT person_ref FROM {table}")[1]} == keys
    for view in ("student", "course_grade", "student_cycle", "attendance"):
        assert {key for (key,) in select(now, f"SELECT student_key FROM {view}")[1]} == keys
    said = str([select(now, f"FROM {name}") for name in now.names])
    assert not [student for student, ref in made.refs.items() if ref in said or f"'{student}'" in said]
    assert "02-03" not in said  # of no birth date


@pytest.mark.parametrize(
    "expression",
    ["person_ref::INTEGER", "error(person_ref)", "person_ref::DATE", "struct_extract({'a': 1}, person_ref)",
     "regexp_matches('x', '(' || person_ref)"],
)  # fmt: skip
def test_an_error_does_not_say_the_logs_reference(made: MadeHistory, now: History, expression: str) -> None:
    for table in ("core_person", "out_release"):
        with pytest.raises(InputError) as caught:
            select(now, f"SELECT {expression} FROM {table}")
        assert not [ref for ref in made.refs.values() if ref in str(caught.value)]


@pytest.mark.parametrize(
    "source",
    ["known.analyst_name", "known.main.analyst_name", "analyst_name", "known.core_person", "source.core_person",
     "source.main.core_person", "known.counting", "counting", "known.student_fact", "lake.known.core_person",
     "known.setting", "newest_identity", "__ducklake_metadata_source.ducklake_data_file", "lake.mean_of"],
)  # fmt: skip
def test_what_lies_behind_the_views_cannot_be_named(now: History, source: str) -> None:
    for query in (
        f"FROM {source}", f"TABLE {source}", f"SELECT (SELECT count(*) FROM {source})", f"FROM (SUMMARIZE {source})",
        f"FROM (DESCRIBE {source})", f"WITH o AS (FROM {source}) FROM o", f"FROM student UNION ALL FROM {source}",
        f"SELECT * FROM student s, LATERAL (FROM {source})", f"SELECT 1 IN (TABLE {source})",
        f"SELECT * FROM (PIVOT {source} ON a)", f"SELECT list((SELECT 1 FROM {source}))",
        f"SELECT * FROM student WHERE EXISTS (FROM {source})",
    ):  # fmt: skip
        with pytest.raises(InputError) as caught:
            select(now, query)
        assert caught.value.code in ("foreign-table", "bad-query"), query


def test_a_with_of_the_same_name_does_not_open_what_lies_behind(now: History) -> None:
    for name in ("analyst_name", "counting", "student_fact"):
        with pytest.raises(InputError):
            select(now, f"WITH a AS (FROM {name}), {name} AS (SELECT 1) FROM a")


def test_a_year_of_birth_that_few_share_is_hidden(made: MadeHistory, now: History) -> None:
    said = {row[0]: row[1] for row in select(now, "SELECT student_key, birth_year FROM student")[1]}
    assert said == {made.key(s): 2008 for s in EVERYBODY if s != "s-5"} | {made.key("s-5"): None}
    assert select(now, "SELECT DISTINCT grade_level FROM student")[1] == [("09",)]


def test_a_small_class_is_hidden_and_the_next_smallest_with_it(made: MadeHistory) -> None:
    query = "SELECT class_id, is_suppressed, student_count, mean_final_percent FROM section_cycle ORDER BY ALL"
    # alg 3 students, geo 2, art 1: geo is small and alone in mathematics, so alg goes too
    assert at(made, 10, 19, query) == [(c, True, None, None) for c in ("alg", "art", "geo")]
    # end: alg 4, geo 1
    assert at(made, 12, 16, f"SELECT * FROM ({query}) WHERE class_id = 'geo'") == [("geo", True, None, None)]
    # mid by extract two: alg with all five, (50 + 4 * 99) / 5
    assert at(made, 11, 2, query) == [("alg", False, 5, Decimal("89.20"))]


def test_a_school_has_exact_means(made: MadeHistory) -> None:
    query = "SELECT student_count, course_count, mean_final_percent, missing_count FROM school_cycle"
    # 50 + 59.5 + 40 + 90 + 80 + 70.01 = 389.51; / 6 = 64.918…
    assert at(made, 10, 19, query) == [(5, 6, Decimal("64.92"), 3)]


def test_means_are_rounded_half_away_from_zero_and_never_through_a_float(now: History) -> None:
    for total, number, said in (("0.125", 1, "0.13"), ("-0.125", 1, "-0.13"), ("2", 3, "0.67"), ("187.65", 2, "93.83")):
        assert select(now, f"SELECT mean_of({total}::DECIMAL(18, 6), {number})")[1] == [(Decimal(said),)]
    assert select(now, "SELECT mean_of(0::DECIMAL(18, 6), 0)")[1] == [(None,)]


def test_how_a_cohort_moved(now: History) -> None:
    _, rows = ask(now, "cohort_mathematics")
    # mid: s-1 50, the others 99 each; end: 70, 80, 85.01, 60 of 2008, and 59 of s-5, who is in the grade level only
    assert rows == [
        ("s", "birth year", "2008", "mid", MID, 4, Decimal("86.75")),
        ("s", "birth year", "2008", "end", END, 4, Decimal("73.75")),
        ("s", "grade level", "09", "mid", MID, 5, Decimal("89.20")),
        ("s", "grade level", "09", "end", END, 5, Decimal("70.80")),
    ]


def test_how_many_recovered(made: MadeHistory) -> None:
    made_cycle = "later"
    home = new_home(made.home.path.parent / "recovered", day(12, 17), TERMPOST_PRIVACY__SMALL_CELL="2")
    other = MadeHistory(home)
    other.extract("one", day(10, 16), EVERYBODY)
    other.summaries("mid", MID, "one", day(10, 16), {
        "s-1": {"alg": "59.99"}, "s-2": {"alg": "40"}, "s-3": {"alg": "90"}, "s-4": {"alg": "20"}, "s-5": {"alg": "60"},
    }, missing={"s-3": 3, "s-5": 2})  # fmt: skip
    other.summaries(made_cycle, END, "one", day(12, 15), {
        "s-1": {"alg": "60"}, "s-2": {"alg": "61"}, "s-3": {"alg": "90"}, "s-4": {"alg": "70"}, "s-5": {"alg": "10"},
    }, missing={"s-3": 4, "s-4": 5})  # fmt: skip
    with open_history(home) as history:
        # of concern: s-1, s-2, s-3 (missing), s-4; s-1 and s-2 recovered; s-5 was not of concern
        assert ask(history, "students_recovered")[1] == [("s", "mid", made_cycle, 4, 2)]
    small = new_home(made.home.path.parent / "small", day(12, 17))
    assert small.settings.privacy.small_cell == 10


def test_few_who_recovered_are_not_counted_for_anybody_to_see(now: History) -> None:
    # by extract two only s-1 is of concern in mid (50): one of five
    assert ask(now, "students_recovered")[1] == [("s", "mid", "end", None, None)]


def test_which_classes_mark_late(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home", day(12, 17), TERMPOST_PRIVACY__SMALL_CELL="2")
    made = MadeHistory(home)
    made.extract("one", day(10, 16), EVERYBODY)
    made.summaries("mid", MID, "one", day(10, 16), {"s-1": {"alg": "50", "art": "1"}, "s-2": {"alg": "50"}})
    made.results("one", day(10, 16), [
        ("alg", "i1", "s-1", "2021-09-08", "fully graded", "5", "2021-09-15"),  # 7 days: in time
        ("alg", "i1", "s-2", "2021-09-08", "fully graded", "5", "2021-09-16"),  # late
        ("alg", "i2", "s-1", "2021-09-09", "submitted", None, None),  # no mark
        ("alg", "i2", "s-2", "2021-09-09", "exempt", None, None),  # does not count
        ("alg", "i3", "s-1", "2021-10-16", "fully graded", "5", "2021-12-01"),  # due after the cut-off
        ("art", "i4", "s-1", "2021-09-08", "fully graded", "5", "2021-12-01"),  # one student: hidden
    ])  # fmt: skip
    with open_history(home) as history:
        assert ask(history, "classes_that_mark_late")[1] == [
            ("mid", "s", "alg", "Class alg", 3, Decimal("33.33"), Decimal("33.33")),
            ("mid", "s", "art", "Class art", None, None, None),
        ]


def test_an_unknown_question_names_the_known_ones(now: History) -> None:
    with pytest.raises(InputError) as caught:
        ask(now, "cohort_maths")
    assert "cohort_mathematics" in caught.value.remedy


def test_every_column_of_every_view_and_question_has_a_word(now: History) -> None:
    for view in views():
        assert view.meaning
        assert [name for name, said in view.columns if not said] == [], view.name
        assert [name for name, _ in view.columns] == select(now, f"FROM {view.name} LIMIT 0")[0]
    for question in questions().values():
        assert question.meaning.partition("?")[1]
        assert [name for name, said in question.columns if not said] == [], question.name
        assert [name for name, _ in question.columns] == ask(now, question.name)[0]


def test_a_view_without_a_word_for_a_column_is_seen() -> None:
    view = read_view("-- What.\nCREATE VIEW lake.v (\n  a, -- said\n  b\n) AS SELECT 1, 2")
    assert view.columns == (("a", "said"), ("b", ""))
    with pytest.raises(ValueError, match="one column a line"):
        read_view("CREATE VIEW lake.v AS SELECT 1")


def _columns_as_markdown() -> str:
    """The part of docs/history.md that is written from the SQL files."""
    parts = []
    for name, meaning, columns in [
        *((view.name, view.meaning, view.columns) for view in views()),
        *((q.name, q.meaning, q.columns) for q in questions().values()),
    ]:
        rows = "\n".join(f"| `{column}` | {said} |" for column, said in columns)
        parts.append(f"### `{name}`\n{meaning}\n\n| Column | Meaning |\n|---|---|\n{rows}\n")
    return "\n".join(parts)


def test_the_page_for_analysts_says_what_the_sql_says() -> None:
    page = (Path(__file__).parents[3] / "docs" / "history.md").read_text()
    assert page.endswith(_columns_as_markdown())
