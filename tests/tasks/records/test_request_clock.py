"""By when a request is answered and an incident reported, by hand for each place."""

from datetime import UTC, date, datetime

import pytest
from termpost.schemas.settings.calendar import Calendar
from termpost.tasks.records.requests.clock import month_later, needs_a_duty, reported_by, request_clock


def calendar(country: str, subdivision: str = "") -> Calendar:
    return Calendar.model_validate({
        "timezone": "UTC", "country": country, "subdivision": subdivision,
        "closures": ["2021-12-20/2022-01-02"],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("place", "received", "due"),
    [
        (("US", ""), "2021-12-01", "2022-01-15"),  # 45 days
        (("US", "TX"), "2021-12-01", "2022-01-15"),
        (("US", "MA"), "2021-12-01", "2021-12-11"),  # ten days, whatever they are
        (("US", "CA"), "2021-12-01", "2021-12-08"),  # five office days: Thu, Fri, Mon, Tue, Wed
        (("US", "CA"), "2021-12-17", "2021-12-27"),  # the 24th is off, observed; closures count for no office
        (("GB", "ENG"), "2021-12-01", "2022-01-01"),  # 15 school days would end in January after the closures
        (("GB", "ENG"), "2021-11-01", "2021-11-22"),  # 15 school days, before the month is over
        (("GB", "SCT"), "2021-12-31", "2022-01-31"),
        (("FR", ""), "2022-01-31", "2022-02-28"),  # a month that has no 31st
        (("JP", ""), "2021-12-01", "2021-12-11"),  # no law known here: ten days
    ],
)  # fmt: skip
def test_the_shortest_clock_that_applies_counts(place: tuple[str, str], received: str, due: str) -> None:
    where, day = calendar(*place), date.fromisoformat(received)
    assert request_clock(where, day).due(day, where) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("day", "later"),
    [("2021-12-31", "2022-01-31"), ("2021-11-30", "2021-12-30"), ("2024-01-30", "2024-02-29"),
     ("2021-10-31", "2021-11-30")],
)  # fmt: skip
def test_a_month_later_is_that_day_or_the_last(day: str, later: str) -> None:
    assert month_later(date.fromisoformat(day)) == date.fromisoformat(later)


def test_an_incident_has_seventy_two_hours_also_over_a_weekend() -> None:
    friday = datetime(2021, 12, 17, 16, tzinfo=UTC)
    assert reported_by(calendar("US"), friday) == datetime(2021, 12, 20, 16, tzinfo=UTC)


def test_only_where_no_law_gives_the_right_a_duty_must_ask_for_an_erasure() -> None:
    assert (needs_a_duty(calendar("US")), needs_a_duty(calendar("FR"))) == (True, False)
