"""What any system of terms suggests for a calendar, worked by hand."""

from datetime import date

import pytest
from termpost.schemas.settings.calendar import Calendar
from termpost.tasks.calendars.proposed import Finals, ProposedCycle, Term, propose, quoted

S = frozenset({"S1"})
US = {"timezone": "America/Chicago", "country": "US"}
NZ = {"timezone": "Pacific/Auckland", "country": "NZ"}


def term(
    name: str, first: str, last: str, parent: str | None = "y", kind: str = "term", schools: frozenset[str] = S
) -> Term:
    return Term(
        name.lower().replace(" ", "-"), name, kind == "schoolYear", kind == "gradingPeriod", date.fromisoformat(first),
        date.fromisoformat(last), parent, schools,
    )  # fmt: skip


def year(first: str, last: str, name: str = "Y", schools: frozenset[str] = S) -> Term:
    return term(name, first, last, None, "schoolYear", schools)


def rows(cycles: list[ProposedCycle]) -> list[tuple[str, str, str, str, str]]:
    return [
        (cycle.id, cycle.kind, str(cycle.cutoff), str(cycle.release), str(cycle.grading_due or "")) for cycle in cycles
    ]


def proposed(*terms: Term, finals: Finals | None = None, calendar: dict[str, str] = US) -> list[ProposedCycle]:
    return propose(terms, Calendar.model_validate(calendar), finals)


def test_two_semesters_of_three_six_week_periods_have_six_reports() -> None:
    """14 October 2021 is a Thursday: 15, 18, 19, 20, 21, since Columbus Day, the 11th, is over."""
    found = proposed(
        year("2021-08-23", "2022-05-27"),
        term("Fall", "2021-08-23", "2021-12-17"),
        term("Spring", "2022-01-05", "2022-05-27"),
        *(term(f"{n} six weeks", "2021-08-23", last, "fall", "gradingPeriod")
          for n, last in (("1st", "2021-10-01"), ("2nd", "2021-11-12"), ("3rd", "2021-12-17"))),
        *(term(f"{n} six weeks", "2022-01-05", last, "spring", "gradingPeriod")
          for n, last in (("4th", "2022-02-18"), ("5th", "2022-04-08"), ("6th", "2022-05-27"))),
    )  # fmt: skip
    assert rows(found) == [
        ("2021-fall-1st-six-weeks", "midterm", "2021-10-01", "2021-10-08", ""),
        # the 12th is a Friday: 15 to 19
        ("2021-fall-2nd-six-weeks", "midterm", "2021-11-12", "2021-11-19", ""),
        # three office days: 20, 21, 22; five: 23, and the 24th is Christmas as observed: 27
        ("2021-fall-final", "final", "2021-12-17", "2021-12-27", "2021-12-22"),
        # Friday; Monday the 21st is Presidents' Day
        ("2022-spring-4th-six-weeks", "midterm", "2022-02-18", "2022-02-28", ""),
        ("2022-spring-5th-six-weeks", "midterm", "2022-04-08", "2022-04-15", ""),
        # Memorial Day on the 30th
        ("2022-spring-final", "final", "2022-05-27", "2022-06-06", "2022-06-02"),
    ]
    assert [cycle.title for cycle in found][:3] == ["1st six weeks", "2nd six weeks", ""]
    assert [dict(cycle.sessions) for cycle in found][:3] == [{"": ("fall",)}] * 3


def test_of_three_trimesters_the_last_is_final() -> None:
    found = proposed(
        year("2021-09-01", "2022-06-10"),
        term("T1", "2021-09-01", "2021-11-24"),
        term("T2", "2021-11-29", "2022-03-04"),
        term("T3", "2022-03-07", "2022-06-10"),
    )
    assert [(cycle.id, cycle.kind) for cycle in found] == [
        ("2021-t1-end", "end_of_term"), ("2021-t2-end", "end_of_term"), ("2022-t3-final", "final"),
    ]  # fmt: skip


def test_whoever_calls_every_term_final_says_so() -> None:
    terms = [term(f"T{n}", f"2021-0{n}-01", f"2021-0{n}-25", None) for n in (1, 2, 3)]
    assert {cycle.kind for cycle in proposed(*terms, finals="each")} == {"final"}
    assert [cycle.kind for cycle in proposed(*terms[:2], finals="last")] == ["end_of_term", "final"]


def test_four_terms_of_a_southern_year_that_nothing_holds_together() -> None:
    """Flat terms: what ends within a year of the first one is one school year, and the next begins anew."""
    found = proposed(
        term("Term 1", "2025-01-28", "2025-04-11", None),
        term("Term 2", "2025-04-28", "2025-06-27", None),
        term("Term 3", "2025-07-14", "2025-09-19", None),
        term("Term 4", "2025-10-06", "2025-12-16", None),
        term("Term 1 2026", "2026-01-27", "2026-04-02", None),
        calendar=NZ,
    )
    assert rows(found) == [
        # Friday, 11 April; Good Friday is the 18th: 14, 15, 16, 17, and Easter Monday is off too: 22
        ("2025-term-1-end", "end_of_term", "2025-04-11", "2025-04-22", ""),
        # 27 June is a Friday
        ("2025-term-2-end", "end_of_term", "2025-06-27", "2025-07-04", ""),
        ("2025-term-3-end", "end_of_term", "2025-09-19", "2025-09-26", ""),
        # Tuesday: 17, 18, 19; 22, 23
        ("2025-term-4-final", "final", "2025-12-16", "2025-12-23", "2025-12-19"),
        # Thursday; Good Friday is the 3rd, Easter Monday the 6th: 7, 8, 9, 10, 13
        ("term-1-2026-final", "final", "2026-04-02", "2026-04-13", "2026-04-09"),
    ]


def test_a_year_of_grading_periods_alone_is_a_term() -> None:
    found = proposed(
        year("2021-08-23", "2022-05-27", "2021-2022"),
        *(term(f"Q{n}", first, last, "2021-2022", "gradingPeriod")
          for n, first, last in ((1, "2021-08-23", "2021-10-22"), (2, "2021-10-25", "2022-01-14"),
                                 (3, "2022-01-18", "2022-03-25"), (4, "2022-03-28", "2022-05-27"))),
    )  # fmt: skip
    assert [(cycle.id, cycle.kind, cycle.title) for cycle in found] == [
        ("2021-2022-q1", "midterm", "Q1"), ("2021-2022-q2", "midterm", "Q2"), ("2021-2022-q3", "midterm", "Q3"),
        ("2021-2022-final", "final", ""),
    ]  # fmt: skip
    assert {dict(cycle.sessions)[""] for cycle in found} == {("2021-2022",)}


def test_quarters_within_semesters_are_their_parts() -> None:
    found = proposed(
        year("2021-08-23", "2022-05-27"),
        term("S1", "2021-08-23", "2022-01-14", "y", "semester"),
        term("Q1", "2021-08-23", "2021-10-22", "s1"), term("Q2", "2021-10-25", "2022-01-14", "s1"),
        term("P1", "2021-08-23", "2021-09-24", "q1", "gradingPeriod"),
        term("P2", "2021-09-27", "2021-10-22", "q1", "gradingPeriod"),
    )  # fmt: skip
    assert [(cycle.id, str(cycle.cutoff)) for cycle in found] == [
        ("2021-s1-p1", "2021-09-24"), ("2021-s1-p2", "2021-10-22"), ("2021-s1-final", "2022-01-14"),
    ]  # fmt: skip


def test_campuses_whose_dates_agree_have_one_cycle_and_others_one_each() -> None:
    north, south = frozenset({"N"}), frozenset({"S"})
    found = proposed(
        term("Fall", "2021-08-23", "2021-12-17", None, schools=north),
        Term("fall-s", "Fall", False, False, date(2021, 8, 23), date(2021, 12, 17), None, south),
        term("Spring", "2022-01-05", "2022-05-27", None, schools=north),
        Term("spring-s", "Spring", False, False, date(2022, 1, 5), date(2022, 6, 3), None, south),
    )
    assert [(cycle.id, dict(cycle.sessions)) for cycle in found] == [
        ("2021-fall-final", {"N": ("fall",), "S": ("fall-s",)}),
        ("2022-spring-final", {"N": ("spring",)}),
        ("2022-spring-final-s", {"S": ("spring-s",)}),
    ]
    assert 'sessions = { "N" = ["fall"], "S" = ["fall-s"] }' in found[0].as_toml()


def test_a_circle_of_parents_and_a_part_that_outlasts_its_term_propose_nothing_of_their_own() -> None:
    found = proposed(
        term("Fall", "2021-08-23", "2021-12-17", None),
        term("Late", "2021-08-23", "2022-01-14", "fall", "gradingPeriod"),
        term("A", "2021-08-23", "2021-12-17", "b"), term("B", "2021-08-23", "2021-12-17", "a"),
    )  # fmt: skip
    assert [cycle.id for cycle in found] == ["2021-fall-final"]


@pytest.mark.parametrize(
    ("text", "written"),
    [("Term 1", '"Term 1"'),
     ('The "late" one\\', '"The \\"late\\" one\\\\"'), ("a\nb", '"a\\u000ab"'), ("Été", '"Été"')],
)  # fmt: skip
def test_a_title_is_a_toml_string_whatever_stands_in_it(text: str, written: str) -> None:
    assert quoted(text) == written
