"""What law packs ask together, worked by hand with a calendar on the wall."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.law.home_law import SHIPPED, HomeLaw, law_of
from termpost.schemas.settings.law.law_pack import LawPack
from termpost.schemas.settings.sections.law_settings import LawSettings

ZONES = {"US": "America/Chicago", "GB": "Europe/London", "FR": "Europe/Paris", "NZ": "Pacific/Auckland"}
CLOSURES = {"GB": ["2022-02-14/2022-02-18", "2022-04-04/2022-04-15"], "US": ["2021-11-22/2021-11-26"]}
BY = "J. Kim, counsel, 2026-08-01"


def calendar(place: str) -> Calendar:
    country, _, subdivision = place.partition("-")
    return Calendar.model_validate({
        "timezone": ZONES[country], "country": country, "subdivision": subdivision,
        "closures": CLOSURES.get(country, []),
    })  # fmt: skip


def law(place: str, *checked: str, home: Path = Path("/nowhere"), jurisdiction: str = "") -> HomeLaw:
    return law_of(LawSettings(jurisdiction=jurisdiction, checked=dict.fromkeys(checked, BY)), calendar(place), home)


@pytest.mark.parametrize(
    ("place", "checked", "received", "due", "why"),
    [
        ("US", ["US.access"], "2021-10-01", "2021-11-15", "45 days: 30 more of October, 15 of November"),
        ("US", [], "2021-10-01", "2021-10-11", "45 days that nobody compared with the law are not longer than ten"),
        ("US-TX", ["US.access"], "2021-12-20", "2022-02-03", "Texas has no line: FERPA's, 11 + 31 + 3 days"),
        ("US-CA", ["US.access", "US-CA.access"], "2021-10-01", "2021-10-08", "a Friday: Monday to Friday"),
        ("US-CA", [], "2021-10-01", "2021-10-08", "unverified, and shorter than ten days"),
        ("US-CA", ["US.access"], "2021-11-22", "2021-12-01",
         "23, 24; the 25th is Thanksgiving, and the 26th a holiday in California; 29, 30, 1 December"),
        ("US-MA", ["US-MA.access"], "2021-11-22", "2021-12-02", "ten days, whatever the school does"),
        ("US-MA", ["US.access"], "2021-11-22", "2021-12-02", "the state's ten are shorter than 45, compared or not"),
        ("GB-ENG", ["GB-ENG.access"], "2022-02-07", "2022-03-07",
         "4 school days to the 11th, half-term, then 21 to 25, 28 to 4 March are 14, and Monday the 7th"),
        ("GB-ENG", [], "2022-02-07", "2022-02-17", "ten days, until somebody compares fifteen school days"),
        ("GB-ENG", ["GB-ENG.access", "GDPR.access"], "2022-04-01", "2022-05-01",
         "one month is sooner than fifteen school days after Easter"),
        ("FR", ["GDPR.access"], "2022-01-31", "2022-02-28", "a month from the 31st ends with February"),
        ("FR", ["GDPR.access"], "2021-12-15", "2022-01-15", "over the year"),
        ("FR", [], "2022-01-31", "2022-02-10", "a month nobody compared is longer than ten days"),
        ("NZ", [], "2022-01-31", "2022-02-10", "no pack: ten days"),
    ],
)  # fmt: skip
def test_a_request_is_answered_by_the_shortest_that_counts(
    place: str, checked: list[str], received: str, due: str, why: str
) -> None:
    found, source = law(place, *checked).access_due(date.fromisoformat(received), calendar(place))
    assert (found.isoformat(), bool(source)) == (due, True), why


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
    assert [name for name, line in lines if not line.says and ".kept." not in name] == []
