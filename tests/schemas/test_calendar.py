"""The school's days, hours and clocks."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.calendar import Calendar, load_calendar

ROOT = Path(__file__).parents[2]
CYCLE = """
[[cycle]]
id = "a"
kind = "final"
session = "s"
cutoff = "2021-12-10"
release = "2021-12-17"
"""


def calendar(**over: object) -> Calendar:
    return Calendar.model_validate({"timezone": "America/Chicago", "country": "US"} | over)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def refused(home: Path, text: str, environ: dict[str, str] | None = None) -> InputError:
    (home / "calendar.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_calendar(home, environ or {})
    return caught.value


CHICAGO = 'timezone = "America/Chicago"\ncountry = "US"\n'


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ('timezone = "Chicago"\ncountry = "US"\n', "line 1 timezone", "IANA"),
        ('timezone = "America/Chicago"\ncountry = "ZZ"\n', "line 2 country", "3166"),
        (CHICAGO + 'subdivision = "XX"\n', "line 3 subdivision", "not known"),
        (CHICAGO + "contry = 1\n", "line 3 contry", 'did you mean "country"?'),
        (CHICAGO + "closures = [\n'2021-12-20/2021-12-31',\n'2021-12-31/2021-12-20']\n", "line 5 closures", "before"),
        (CHICAGO + "closures = ['2021-13-01']\n", "line 3 closures", "no date"),
        (CHICAGO + "opens = '8'\n", "line 3 opens", "08:00"),
        (CHICAGO + "opens = '16:30'\n", "line 1 closes", "before it opens"),
        (CHICAGO + "office_days = 'school'\n", "line 3 office_days", "'teaching'"),
        (CHICAGO + CYCLE.replace("12-17", "12-09"), "line 9 [cycle] release", "cut-off"),
        (CHICAGO + CYCLE + 'query_until = "2021-12-16"\n', "line 10 [cycle] query_until", "release"),
        (CHICAGO + CYCLE + 'grading_due = "2021-12-09"\n', "line 10 [cycle] grading_due", "before the cut-off"),
        (CHICAGO + CYCLE + 'grading_due = "2021-12-18"\n', "line 10 [cycle] grading_due", "after the release"),
        (CHICAGO + CYCLE.replace('"2021-12-17"', "1639699200"), "line 9 [cycle] release", "no date"),
        (CHICAGO + CYCLE.replace("final", "yearly"), "line 6 [cycle] kind", "'end_of_term'"),
        (CHICAGO + CYCLE.replace('"a"', '"../a"'), "line 5 [cycle] id", ""),
        (CHICAGO + CYCLE + CYCLE, "line 12 [cycle] id", "two cycles"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, where: str, said: str) -> None:
    error = refused(tmp_path, text)
    assert error.where == f"calendar.toml {where}"
    assert said in str(error)


def test_the_environment_wins_and_other_files_variables_are_not_its_business(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text(CHICAGO + CYCLE)
    environ = {"TERMPOST_CALENDAR__COUNTRY": "DE", "TERMPOST_STORE__URL": "x", "TERMPOST_CALENDAR__OPENS": "07:30"}
    found = load_calendar(tmp_path, environ)
    assert found.country == "DE"
    assert found.opens.minute == 30
    error = refused(tmp_path, CHICAGO, {"TERMPOST_CALENDAR__COUNTY": "DE"})
    assert error.where == "environment variable TERMPOST_CALENDAR__COUNTY"


def test_dates_and_hours_may_be_toml_s_own(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text(
        CHICAGO + "opens = 07:45:00\n" + CYCLE.replace('"2021-12-17"', "2021-12-17")
    )
    found = load_calendar(tmp_path, {})
    assert found.opens.minute == 45
    assert found.cycle("a").release == date(2021, 12, 17)


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2021-12-17", True),
        ("2021-12-18", False),  # Saturday
        ("2021-12-19", False),
        ("2021-12-24", False),  # Christmas Day, observed
        ("2021-12-31", False),  # New Year's Day of 2022, observed in 2021
        ("2021-11-25", False),
        ("2021-11-26", True),  # a closure, but clocks run on working days
    ],
)
def test_office_days_leave_out_weekends_and_holidays_as_observed(day: str, open_: bool) -> None:
    assert calendar(closures=["2021-11-24/2021-11-26"]).is_office_day(date.fromisoformat(day)) is open_


def test_a_subdivision_has_holidays_of_its_own() -> None:
    friday = date(2021, 11, 26)
    assert calendar().is_office_day(friday)
    assert not calendar(subdivision="TX").is_office_day(friday)


@pytest.mark.parametrize(("day", "open_"), [(19, True), (20, False), (22, False), (23, True)])
def test_closures_stop_the_clock_where_teaching_days_count_both_ends_included(day: int, open_: bool) -> None:
    found = calendar(office_days="teaching", closures=["2022-09-20/2022-09-22"])
    assert found.is_office_day(date(2022, 9, day)) is open_


def test_one_day_is_a_closure_too() -> None:
    found = calendar(office_days="teaching", closures=["2022-09-20"])
    assert [found.is_office_day(date(2022, 9, d)) for d in (19, 20, 21)] == [True, False, True]


def test_the_weekend_is_the_country_s() -> None:
    found = calendar(timezone="Asia/Dubai", country="SA")
    assert not found.is_office_day(date(2022, 9, 16))  # Friday
    assert found.is_office_day(date(2022, 9, 18))  # Sunday


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2021, 10, 22), 5, "2021-10-29"),
        (date(2021, 10, 23), 5, "2021-10-29"),  # a Saturday as it stands: the Monday after is day 1
        (date(2021, 10, 23), 0, "2021-10-23"),
        (at("2021-10-22T16:30:00-05:00"), 5, "2021-10-29"),  # at closing is in time
        (at("2021-10-22T16:30:01-05:00"), 5, "2021-11-01"),  # a second later counts for Monday
        (at("2021-10-22T06:00:00-05:00"), 5, "2021-10-29"),  # before opening counts for that day
        (at("2021-10-23T10:00:00-05:00"), 5, "2021-11-01"),
        (at("2021-10-22T22:00:00+00:00"), 0, "2021-10-25"),  # 17:00 in Chicago
        (at("2021-10-23T02:00:00+00:00"), 0, "2021-10-25"),  # still Friday in Chicago, after closing
        (at("2021-11-05T21:30:00+00:00"), 0, "2021-11-05"),  # 16:30 before the clocks go back,
        (at("2021-11-08T22:30:00+00:00"), 0, "2021-11-08"),  # and after
        (at("2021-12-22T12:00:00-06:00"), 2, "2021-12-27"),  # over a holiday that is observed on the 24th
    ],
)
def test_office_days_are_counted(start: date | datetime, days: int, expected: str) -> None:
    assert calendar().add_office_days(start, days).isoformat() == expected


@pytest.mark.parametrize(("day", "days", "expected"), [
    (date(2021, 12, 17), 2, "2021-12-15"), (date(2021, 12, 17), 0, "2021-12-17"),
    (date(2021, 12, 20), 1, "2021-12-17"),  # over a weekend
    (date(2021, 12, 19), 1, "2021-12-17"),  # a Sunday as it stands
    (date(2021, 12, 28), 2, "2021-12-23"),  # over a holiday that is observed on the 24th
])  # fmt: skip
def test_office_days_are_counted_back_from_a_release(day: date, days: int, expected: str) -> None:
    assert calendar().office_days_before(day, days).isoformat() == expected


def test_an_instant_without_its_offset_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="offset"):
        calendar().add_office_days(datetime(2021, 10, 22, 12), 1)  # noqa: DTZ001


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(0), timedelta(days=9)),
    st.integers(0, 12),
)
def test_what_arrives_later_is_never_due_earlier_and_due_days_are_office_days(
    first: datetime, gap: timedelta, days: int
) -> None:
    found = calendar(subdivision="TX")
    due = found.add_office_days(first, days)
    assert due <= found.add_office_days(first + gap, days)
    assert found.is_office_day(due)


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("office_days = 'teaching'\nclosures = ['2021-01-01/2022-01-10']\n", "line 4 closures"),
        (
            "holidays_add = ['2021-07-01']\noffice_days = 'teaching'\n"  # noqa: ISC003 - one file of three lines
            + "closures = ['2021-01-01/2021-06-30', '2021-07-02/2022-01-10']\n",
            "line 5 closures",
        ),
        ("holidays_add = ['2021-01-01/2030-01-01']\n", "line 3 holidays_add"),
        ("staff_absent = ['2021-01-01/2022-01-10']\n", "line 3 staff_absent"),
        ("weekend = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']\n",
         "line 3 weekend"),
    ],
)  # fmt: skip
def test_a_calendar_without_an_office_day_is_refused_when_it_is_read(tmp_path: Path, lines: str, place: str) -> None:
    error = refused(tmp_path, CHICAGO + lines)
    assert (error.code, error.where) == ("wrong-value", f"calendar.toml {place}")


def test_a_year_of_closures_stops_no_clock_where_working_days_count() -> None:
    found = calendar(closures=["2021-01-01/2030-01-01"])
    assert found.add_office_days(date(2021, 10, 22), 5) == date(2021, 10, 29)


@pytest.mark.parametrize(
    ("lines", "place", "said"),
    [
        ("weekend = ['sat']\n", "line 3 weekend", 'saturday'),
        ("holidays_drop = ['11.10.2021']\n", "line 3 holidays_drop", "2021-12-17"),
        ("hours = { friday = '14:00-08:00' }\n", "line 3 [hours] friday", "08:00-16:30"),
        ("hours = { freitag = '08:00-14:00' }\n", "line 3 [hours] freitag", "friday"),
        ("half_days = ['2021-11-24']\n", "line 3 half_days", "12:00"),
        ("half_days = ['2021-11-24 07:00']\n", "line 3 half_days", "08:00 and 16:30"),
        ("half_days = ['2021-11-24 18:00']\n", "line 3 half_days", "08:00 and 16:30"),
        ("half_days = ['2021-11-24 12:00', '2021-11-24 13:00']\n", "line 3 half_days", "keep one"),
        ("staff_absent = ['2022-08-12/2022-06-03']\n", "line 3 staff_absent", "ends before"),
    ],
)  # fmt: skip
def test_days_and_hours_that_cannot_be_are_refused_with_their_line(
    tmp_path: Path, lines: str, place: str, said: str
) -> None:
    error = refused(tmp_path, CHICAGO + lines)
    assert error.where == f"calendar.toml {place}"
    assert said in str(error)


def test_hours_may_end_at_midnight_and_a_half_day_may_be_toml_s_own(tmp_path: Path) -> None:
    text = CHICAGO + "opens = '00:00'\ncloses = '24:00'\nhalf_days = [2021-11-24 12:00:00]\n"
    (tmp_path / "calendar.toml").write_text(text)
    found = load_calendar(tmp_path, {})
    assert found.is_open(at("2021-11-23T23:59:59.999999-06:00"))
    assert not found.is_open(at("2021-11-24T12:00:01-06:00"))


def test_the_starter_mentions_every_key_of_a_calendar() -> None:
    text = (ROOT / "schemas/settings/starter/calendar.toml").read_text()
    for name, field in Calendar.model_fields.items():
        assert f"{name} =" in text or f"[[{field.alias}]]" in text, name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-12-17", "2021-12-17T14:00:00+00:00"),
        ("2021-07-17", "2021-07-17T13:00:00+00:00"),  # daylight saving time
        ("2021-03-14", "2021-03-14T13:00:00+00:00"),  # the day it begins
        ("2021-12-17T15:00-06:00", "2021-12-17T21:00:00+00:00"),
        ("2021-12-17T15:00Z", "2021-12-17T15:00:00+00:00"),
    ],
)
def test_as_of_takes_a_date_or_an_instant(text: str, expected: str) -> None:
    found = calendar().as_of(text)
    assert found.isoformat() == expected
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2021-12-17T15:00", "naive-instant"),
        ("20211217", "naive-instant"),
        ("friday", "bad-as-of"),
        ("2021-02-30", "bad-as-of"),
    ],
)
def test_as_of_refuses_what_it_would_have_to_guess(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        calendar().as_of(text)
    assert caught.value.code == code
    assert "offset" in caught.value.remedy


def test_an_opening_hour_that_the_clock_skips_is_still_an_instant() -> None:
    assert calendar(opens="02:30").opening_instant(date(2021, 3, 14)) == at("2021-03-14T08:30+00:00")


def test_an_unknown_cycle_names_those_there_are() -> None:
    found = load_calendar(ROOT / "examples/grand-bend-home", {})
    with pytest.raises(InputError) as caught:
        found.cycle("x")
    assert caught.value.code == "unknown-cycle"
    assert "2021-fall-midterm, 2021-fall-final" in caught.value.remedy
    with pytest.raises(InputError, match='did you mean "2021-fall-final"'):
        found.cycle("2021-fal-final")


def test_without_cycles_the_mend_says_where_they_go() -> None:
    with pytest.raises(InputError, match=r"add a \[\[cycle\]\]"):
        calendar().cycle("x")


def test_the_query_window_is_five_working_days_unless_given() -> None:
    found = load_calendar(ROOT / "examples/grand-bend-home", {})
    assert found.cycle("2021-fall-midterm").query_until == date(2021, 10, 29)
    final = found.cycle("2021-fall-final")
    assert (final.kind, str(final.session), final.cutoff) == ("final", "2021-fall", date(2021, 12, 10))
    # 20, 21 and 22 December; 23 and 24 are observed holidays in Texas; 27 and 28
    assert final.query_until == date(2021, 12, 28)


def test_the_starter_is_accepted_and_so_is_its_commented_cycle(tmp_path: Path) -> None:
    text = (ROOT / "schemas/settings/starter/calendar.toml").read_text()
    assert load_calendar(ROOT / "schemas/settings/starter", {}).cycles == ()
    (tmp_path / "calendar.toml").write_text(text.replace("# [[", "[[").replace("\n# ", "\n"))
    assert load_calendar(tmp_path, {}).cycle("2021-fall-midterm").query_until == date(2021, 10, 29)


def test_the_id_of_a_term_that_was_read_in_afterwards_is_no_cycle_s(tmp_path: Path) -> None:
    assert "give the cycle another id" in str(refused(tmp_path, CHICAGO + CYCLE.replace('"a"', '"backfill-a-final"')))


def test_a_school_with_closures_of_its_own_teaches_on_other_days() -> None:
    """13 and 20 December 2021 are Mondays."""
    district = calendar(
        closures=["2021-12-20"],
        school={"N": {"closures": ["2021-12-13"]}, "S": {"closures_add": ["2021-12-13"]}, "W": {"closures": []}},
    )
    taught = {
        school: [
            day.day for day in (date(2021, 12, 13), date(2021, 12, 20)) if district.is_teaching_day_of(school)(day)
        ]
        for school in ("N", "S", "W", "another")
    }
    assert taught == {"N": [20], "S": [], "W": [13, 20], "another": [13]}
    assert not district.is_teaching_day_of("W")(date(2021, 12, 19))  # a Sunday
