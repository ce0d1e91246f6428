"""What law packs ask together, worked by hand with a calendar on the wall."""

import csv
import tomllib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.law.home_law import SHIPPED, HomeLaw, law_of
from termpost.schemas.settings.law.law_pack import AnswerDays, CountedDays, LawPack
from termpost.schemas.settings.law.warning_gaps import due_after, warning_gaps
from termpost.schemas.settings.sections.law_settings import LawSettings

from tests.tasks.feedback.clock_cases import clocks

ZONES = {"US": "America/Chicago", "GB": "Europe/London", "FR": "Europe/Paris", "NZ": "Pacific/Auckland"}
BY = "J. Kim, counsel, 2026-08-01"
CASES = Path(__file__).parents[2] / "data"
COUNTED: dict[str, CountedDays] = {"days": "days", "office-days": "office-days", "school-days": "school-days",
                                   "months": "months"}  # fmt: skip


class LawCase(NamedTuple):
    """One row; `checked` are the lines that somebody compared."""

    calendar: str
    clock: str
    given: str
    checked: str
    expected: str
    why: str


def law_cases() -> list[LawCase]:
    return [LawCase(**row) for row in _rows("law")]


def _rows(folder: str) -> list[dict[str, str]]:
    with (CASES / folder / "cases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def worked_out(case: LawCase) -> str:
    first, *more = case.given.split()
    days, said = clocks(case.calendar).calendar, dict(part.split("=", 1) for part in more)
    found: date | None = None
    if case.clock == "gap":
        found = next(
            (gap.due for gap in warning_gaps(_planned(case.calendar, more), int(first.partition("=")[2]))), None
        )
    elif case.clock == "warning":
        found = due_after(date.fromisoformat(first), int(said["weeks"]), days)
    elif case.clock == "access":
        applies = law_of(LawSettings(checked=dict.fromkeys(case.checked.split(), BY)), days, Path("/nowhere"))
        found, source = applies.access_due(date.fromisoformat(first), days)
        assert source
    else:
        line = AnswerDays(count=int(said["count"]), counted=COUNTED[case.clock], source="§ 1 of it")
        found = line.due(date.fromisoformat(first), days)
    return found.isoformat() if found else "none"


def _planned(name: str, cycles: list[str]) -> Calendar:
    table = [
        {"id": f"c{number}", "kind": kind, "session": "s", "cutoff": day, "release": day,
         **({"below": "70"} if kind == "warning" else {})}
        for number, (kind, day) in enumerate(one.split("=", 1) for one in cycles)
    ]  # fmt: skip
    return Calendar.model_validate(
        tomllib.loads((CASES / "clocks" / "calendars.toml").read_text())[name] | {"cycle": table}
    )


def calendar(place: str) -> Calendar:
    country, _, subdivision = place.partition("-")
    return Calendar.model_validate({
        "timezone": ZONES[country], "country": country, "subdivision": subdivision,
    })  # fmt: skip


def law(place: str, *checked: str, home: Path = Path("/nowhere"), jurisdiction: str = "") -> HomeLaw:
    return law_of(LawSettings(jurisdiction=jurisdiction, checked=dict.fromkeys(checked, BY)), calendar(place), home)


@pytest.mark.parametrize("case", law_cases(), ids=lambda case: " ".join(filter(None, case[:4])))
def test_a_day_is_that_of_the_hand_worked_case(case: LawCase) -> None:
    assert worked_out(case) == case.expected, case.why


@pytest.mark.parametrize(("place", "hours"), [("US", 72), ("GB-ENG", 72), ("FR", 72), ("NZ", 72)])
def test_an_authority_hears_within_72_hours_where_nothing_shorter_is_known(place: str, hours: int) -> None:
    assert law(place).incident_within()[0] == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("place", "checked", "needs"),
    [("US", [], True), ("US-CA", ["US.erasure"], True), ("GB-ENG", [], True), ("GB-ENG", ["GB-ENG.erasure"], False),
     ("FR", ["GDPR.erasure"], False), ("FR", [], True), ("NZ", [], False)],
)  # fmt: skip
def test_a_right_to_be_erased_is_none_until_somebody_compared_it(place: str, checked: list[str], needs: bool) -> None:
    assert law(place, *checked).needs_a_duty_to_erase is needs


def test_englands_yearly_report_has_three_sections_and_no_other_report_must() -> None:
    assert set(law("GB-ENG").required_sections("final")) == {"comments", "attendance", "discussion"}
    assert law("GB-ENG").required_sections("midterm") == {}
    assert law("US-TX").required_sections("final") == {}


def test_a_pack_of_the_homes_own_stands_in_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "us-tx.toml").write_text(
        'place = "US-TX"\ntitle = "T"\nextends = "US"\n[access]\ncount = 3\nsource = "board policy FL"\n'
        '[incident]\nhours = 24\nsource = "board policy CQB"\n'
    )
    found = law("US-TX", home=tmp_path)
    assert found.access_due(date(2021, 10, 1), calendar("US-TX")) == (date(2021, 10, 4), "board policy FL")
    assert found.incident_within() == (timedelta(hours=24), "board policy CQB")
    assert [one.name for one in found.lines() if one.name.startswith("US-TX")] == ["US-TX.access", "US-TX.incident"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('place = "XX"\ntitle = "T"\n[access]\ncount = 0\nsource = "§ 1 of it"\n', "line 4"),
        ('place = "XX"\ntitle = "T"\n[access]\ncount = 3\n', "source"),
        ('place = "XX"\ntitle = "T"\nextends = "XX"\n', "line 3"),
        ('place = "x"\ntitle = "T"\n', "line 1"),
        ('place = "XX"\ntitle = "T"\nacess = 1\n', "acess"),
    ],
)
def test_a_pack_that_is_wrong_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "own.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        law("US", home=tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize(("checked", "jurisdiction", "code"), [
    (["US.acess"], "", "unknown-line"), (["GB-ENG.access"], "", "unknown-line"), ([], "US-ZZ", "unknown-jurisdiction"),
])  # fmt: skip
def test_a_line_or_place_that_nobody_knows_is_refused(checked: list[str], jurisdiction: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        law("US", *checked, jurisdiction=jurisdiction)
    assert caught.value.code == code


def test_no_shipped_line_says_that_somebody_checked_it_and_each_is_said_in_words() -> None:
    packs = [LawPack.model_validate(tomllib.loads(path.read_text())) for path in SHIPPED.glob("*.toml")]
    lines = [(name, line) for pack in packs for name, line in pack.lines()]
    assert len(lines) > 25
    assert [name for name, line in lines if line.checked_by] == []
    assert [name for name, line in lines if not line.says] == []


def test_a_calendar_without_a_cycle_has_no_gap() -> None:
    assert list(warning_gaps(calendar("US-TX"), 3)) == []


def test_days_are_worked_by_hand_in_many_countries_each_with_its_reason() -> None:
    """Of clocks, deadlines and law packs together; without those of one country they are still many."""
    rows = [row for folder in ("clocks", "deadlines", "law") for row in _rows(folder)]
    assert all(row["why"].strip() for row in rows)
    places = Counter(_place(row["calendar"]) for row in rows if row["calendar"] != "calendar")
    assert sum(places.values()) - places["US"] >= 80
    assert {"US", "GB", "AU", "IL", "AE", "NP"} <= places.keys()  # southern; Sunday to Thursday; Saturday alone off
    assert sum(count >= 5 for count in places.values()) >= 5


def _place(name: str) -> str:
    return clocks(name).calendar.country
