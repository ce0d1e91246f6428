"""When a family is told that the office answers: in the hours that each weekday has."""

from typing import Any

import pytest
from termpost.schemas.settings.calendar import Calendar
from termpost.tasks.channels.portal.office_contact import hours_in, office_hours


def calendar(**more: Any) -> Calendar:
    return Calendar.model_validate({"timezone": "America/Chicago", "country": "US", "closes": "16:30", **more})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "08:00–16:30"),
        ({"hours": {"friday": "08:00-13:00"}}, "Mon–Thu 08:00–16:30, Fri 08:00–13:00"),
        ({"hours": {"wednesday": "10:00-18:00"}}, "Mon–Tue 08:00–16:30, Wed 10:00–18:00, Thu–Fri 08:00–16:30"),
        ({"hours": {"saturday": "09:00-12:00"}}, "08:00–16:30"),  # the office is not open on a Saturday
        ({"opens": "00:00", "closes": "24:00"}, "00:00–24:00"),
    ],
)
def test_the_hours_are_those_of_the_weekday(more: dict[str, Any], said: str) -> None:
    assert office_hours(calendar(**more)) == said


def test_weekdays_are_called_as_in_the_family_s_language() -> None:
    said = hours_in(calendar(hours={"friday": "08:00-13:00"}), ("en", "es", "zh-Hans"))
    assert said["en"].startswith("Mon–Thu")
    assert said["es"].startswith("lun–jue")
    assert said["zh-Hans"].startswith("周一–周四")
