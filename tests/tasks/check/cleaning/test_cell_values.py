"""Days that are none, and other spellings: read where there is one meaning, else left as they are."""

import pytest
from termpost.tasks.check.cleaning.cell_values import (
    placeholder_end,
    read_boolean,
    read_day,
    read_school_year,
    read_word,
)


@pytest.mark.parametrize(
    ("day", "end"),
    [("1900-01-01", "low"), ("1899-12-30", "low"), ("1899-12-31", "low"), ("1753-01-01", "low"), ("0001-01-01", "low"),
     ("0000-00-00", "low"), ("1970-01-01", "low"), ("1969-12-31", "low"), ("1601-01-01", "low"), ("1900-01-00", "low"),
     ("1904-01-01", "low"), ("1858-11-17", "low"), ("1900-01-01T00:00:00Z", "low"), ("1900-01-01 00:00:00.000", "low"),
     ("1/1/1900", "low"), ("30/12/1899", "low"), ("12/31/1899 12:00:00 AM", "low"), ("9999-12-31", "high"),
     ("9999-12-31 23:59:59.997", "high"), ("12/31/9999", "high"), ("2999-12-31", "high"), ("2099-12-31", "high"),
     ("3000-01-01", "high"), ("2079-06-06", "high"), ("2262-04-11", "high"), ("2038-01-19", "high"),
     ("1900-05-17", None), ("1901-03-01", None), ("2021-01-01", None), ("2000-01-01", None), ("1999-12-31", None),
     ("2050-12-31", None), ("0021-10-15", None), ("1/1/2021", None), ("", None), ("soon", None)],
)  # fmt: skip
def test_a_day_that_no_person_chose_is_known(day: str, end: str | None) -> None:
    assert placeholder_end(day) == end


@pytest.mark.parametrize(
    ("cell", "read"), [("2021-08-23 00:00:00", "2021-08-23"), ("2021-08-23T00:00:00.000", "2021-08-23"),
                       ("2021-08-23T00:00:00Z", None), ("2021-08-23 08:00", None), ("8/23/2021", None)],
)  # fmt: skip
def test_a_time_of_midnight_says_nothing_and_a_zone_does(cell: str, read: str | None) -> None:
    found = read_day(cell)
    assert (found and found.value) == read


@pytest.mark.parametrize(
    ("cell", "plain", "critical"),
    [("1", "true", "true"), ("0", "false", "false"), ("Yes", "true", "true"), ("N", "false", "false"),
     ("T", "true", "true"),
     ("TRUE", "true", "true"), ("-1", "true", None), ("1.0", "true", None), ("0.0", "false", None), ("2", None, None),
     ("X", None, None), ("ja", None, None), ("maybe", None, None)],
)  # fmt: skip
def test_a_boolean_is_read_where_it_has_one_meaning(cell: str, plain: str | None, critical: str | None) -> None:
    found = [read_boolean(cell, is_critical=is_critical) for is_critical in (False, True)]
    assert [one and one.value for one in found] == [plain, critical]


@pytest.mark.parametrize(
    ("cell", "year"), [("2021-2022", "2022"), ("2021/22", "2022"), ("2021-22", "2022"), ("2021–2022", "2022"),
                       ("1999/00", "2000"), ("2021-2023", None), ("2022-2021", None), ("21-22", None)],
)  # fmt: skip
def test_a_school_year_is_the_one_it_ends_in(cell: str, year: str | None) -> None:
    found = read_school_year(cell)
    assert (found and found.value) == year


@pytest.mark.parametrize(
    ("cell", "meant"), [("Fully Graded", "fully graded"), ("fully_graded", "fully graded"),
                        ("fullyGraded", "fully graded"),
                        ("exempt", None), ("graded", None), ("excused", None)],
)  # fmt: skip
def test_a_word_of_the_vocabulary_is_read_in_other_spellings(cell: str, meant: str | None) -> None:
    found = read_word(cell, ("exempt", "fully graded", "not submitted"), is_critical=False)
    assert (found and found.value) == meant


def test_a_word_that_a_control_hangs_on_is_read_in_another_case_only() -> None:
    values = ("no-contact", "no-records", "post-only")
    found = [read_word(cell, values, is_critical=True) for cell in ("No-Contact", "no contact", "nocontact")]
    assert [one and one.value for one in found] == ["no-contact", None, None]
