"""The retention page: every kind of record in one line, and each fault of it on its line."""

from datetime import date
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.shipped import STARTER
from termpost.schemas.documents.stored_objects import OBJECT_KINDS, OWN_PREFIXES
from termpost.schemas.log.entry import KINDS
from termpost.schemas.retention.kinds import known_kinds, place_of, table_columns
from termpost.schemas.retention.load import load_retention, overruled
from termpost.schemas.retention.policy import AREAS, FILE, RetentionPeriod, RetentionPolicy
from termpost.schemas.settings.sections.privacy_settings import PrivacySettings, Retention
from termpost.tasks.lake.new_tables import table_files

SHIPPED = (STARTER / FILE).read_text()
PLAIN = PrivacySettings()
LINE = '[[line]]\nname = "xy"\nthen = "keep"\nsource = "s"\n'
GOES = LINE.replace("keep", "delete")


def page(folder: Path, text: str) -> RetentionPolicy:
    (folder / FILE).write_text(text)
    return load_retention(folder, PLAIN)


def test_the_page_that_ships_has_a_line_for_every_kind_of_record(tmp_path: Path) -> None:
    """A table, prefix, kind of entry or secret that nobody thought of fails here."""
    assert page(tmp_path, SHIPPED).missing == []
    assert {kind.place for kind in OBJECT_KINDS} <= set(known_kinds("store"))
    assert all(any(place.startswith(prefix) for place in known_kinds("store")) for prefix in OWN_PREFIXES)
    assert set(known_kinds("log")) == set(KINDS)
    made = [text.partition("CREATE TABLE lake.")[2].split()[0] for text in table_files()]
    assert sorted(table_columns()) == sorted(made)
    assert all(columns for columns in table_columns().values())


def test_every_kind_is_missed_where_it_is_left_out(tmp_path: Path) -> None:
    whole = page(tmp_path, SHIPPED)
    for area in AREAS:
        for kind in known_kinds(area):
            lines = tuple(
                line.model_copy(update={area: tuple(one for one in getattr(line, area) if one != kind)})
                for line in whole.line
            )
            assert whole.model_copy(update={"line": lines}).missing == [(area, kind)], kind
    with pytest.raises(InputError) as caught:
        page(tmp_path, SHIPPED.replace('"out_rank",', "").replace(', "out_rank"', "")).refuse_gaps()
    assert (caught.value.code, caught.value.where) == ("no-line", FILE)
    assert "out_rank" in caught.value.what


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        (LINE + 'tables = ["out_rnak"]\n', "retention.toml line 5 [line] tables", "out_rank"),
        (LINE + 'log = ["released"]\n', "retention.toml line 5 [line] log", "blind"),
        (GOES + 'store = ["verify/<number>.json"]\nfor = "2 weeks"\nfrom = "made"\n',
         "retention.toml line 6 [line] for", "30 days"),
        (GOES + 'for = "900 years"\nfrom = "made"\n', "retention.toml line 5 [line] for", "100"),
        (GOES + 'for = "-1 days"\nfrom = "made"\n', "retention.toml line 5 [line] for", ""),
        (GOES + 'for = "1 day"\nfrom = "birth"\n', "retention.toml line 6 [line] from", "landed"),
        (GOES, "retention.toml line 3 [line] then", "from"),
        (LINE + 'for = "1 day"\nfrom = "made"\n', "retention.toml line 3 [line] then", "delete"),
        (LINE.replace("keep", "burn"), "retention.toml line 3 [line] then", "blind"),
        (GOES + 'store = ["log/<segment>"]\nfor = "1 day"\nfrom = "made"\n',
         "retention.toml line 5 [line] store", "keep"),
        (GOES + 'files = ["secrets/people.sqlite"]\nfor = "1 day"\nfrom = "made"\n',
         "retention.toml line 5 [line] files", "keep"),
        (GOES + 'tables = ["core_result"]\nfor = "1 day"\nfrom = "released"\n',
         "retention.toml line 5 [line] tables", "made"),
        (LINE + 'files = ["locks/"]\n' + LINE.replace('"xy"', '"yz"') + 'files = ["locks/"]\n',
         "retention.toml line 10 [line] files", "one of them"),
        (LINE + LINE, "retention.toml line 6 [line] name", "name"),
        (LINE + 'tabels = []\n', "retention.toml line 5 [line] tabels", "tables"),
        ('school_year_ends = "02-29"\n' + LINE, "retention.toml line 1 school_year_ends", "07-31"),
        ('[[line]]\nname = "xy"\nthen = "keep"\n', "retention.toml line 1 [line] source", "must be given"),
    ],
)  # fmt: skip
def test_a_fault_is_one_line_with_its_place(tmp_path: Path, text: str, where: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        page(tmp_path, text)
    assert caught.value.where == where
    assert said in f"{caught.value.what} {caught.value.remedy}"


@pytest.mark.parametrize(
    ("kind", "began", "last_day"),
    [
        ("sealed/<recipient>/<page>", date(2021, 12, 17), date(2023, 7, 31)),
        ("sealed/<recipient>/<page>", date(2022, 7, 31), date(2023, 7, 31)),
        ("print/<school>/<cycle>/<envelope>.pdf", date(2022, 8, 1), date(2024, 7, 31)),
        ("notes/<about>/<words>.sealed", date(2024, 2, 29), date(2025, 3, 1)),
        ("reports/<school>/<cycle>/prepared.json", date(2021, 12, 17), date(2028, 12, 17)),
        ("outgoing/<cycle>/<recipient>/<file>", date(2021, 12, 17), date(2022, 1, 16)),
        ("landing/<extract>/<file>.csv", date(2021, 12, 17), date(2022, 1, 16)),
    ],
)
def test_the_defaults_by_hand(kind: str, began: date, last_day: date) -> None:
    policy = load_retention(Path("nowhere"), PLAIN)
    line = policy.of("store", kind)
    assert line is not None
    assert policy.last_day(line, began) == last_day


def test_a_school_year_of_the_south_ends_in_december(tmp_path: Path) -> None:
    policy = page(tmp_path, SHIPPED.replace('school_year_ends = "07-31"', 'school_year_ends = "12-31"'))
    line = policy.of("store", "sealed/<recipient>/<page>")
    assert line is not None
    assert policy.last_day(line, date(2021, 12, 17)) == date(2022, 12, 31)


@pytest.mark.parametrize(
    ("period", "day", "after"),
    [
        (RetentionPeriod(1, "month"), date(2023, 1, 31), date(2023, 3, 1)),
        (RetentionPeriod(13, "month"), date(2023, 12, 31), date(2025, 1, 31)),
        (RetentionPeriod(1, "year"), date(2024, 2, 29), date(2025, 3, 1)),
        (RetentionPeriod(0, "day"), date(2024, 2, 29), date(2024, 2, 29)),
        (RetentionPeriod(6, "month"), date(2023, 8, 31), date(2024, 3, 1)),
    ],
)
def test_a_period_never_ends_a_day_too_soon(period: RetentionPeriod, day: date, after: date) -> None:
    assert period.after(day) == after


def test_a_home_of_before_keeps_its_settings_until_it_has_a_page(tmp_path: Path) -> None:
    """Both are read; the page wins, and it is said which settings count for nothing."""
    said = PrivacySettings(landing_days=5, retention=Retention(reports_years=3, notes_years=4))
    policy = load_retention(tmp_path, said)
    periods = {line.name: str(line.period) for line in policy.line if line.period}
    assert policy.landing_days == 5
    assert (periods["reports"], periods["rights"], periods["notes"]) == ("3 years", "3 years", "4 years")
    assert periods["delivery-copies"] == "0 days"
    assert overruled(tmp_path, said) == []

    (tmp_path / FILE).write_text(SHIPPED)
    assert load_retention(tmp_path, said).landing_days == 30
    assert overruled(tmp_path, said) == ["landing_days", "retention.reports_years", "retention.notes_years"]
    assert overruled(tmp_path, PLAIN) == []


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("reports/s1/c1/prepared-0685fef094e380526570.json", "reports/<school>/<cycle>/prepared.json"),
        ("reports/s1/c1/r1/v1/report.en.pdf", "reports/<school>/<cycle>/<report>/v<version>/<rendition>"),
        ("notes/acknowledgements/r-v1-p.sealed", "notes/acknowledgements/<proof>.sealed"),
        ("notes/q12/query.sealed", "notes/<about>/<words>.sealed"),
        ("notes/q12/statement-0a1b2c3d.sealed", "notes/<query>/statement-<number>.sealed"),
        ("notes/6e6f/t0a1b2c3d4e5f.sealed", "notes/<extract>/t<number>.sealed"),
        ("landing/e/supplement/contacts.csv", "landing/<extract>/<file>.csv"),
        ("outgoing/c1/plan-0.json", "outgoing/<cycle>/plan-<first>.json"),
        ("inbox/messages/a/b.json", "inbox/<box>/<message>"),
        ("log/heads/00000001.json", "log/<segment>"),
        ("somewhere/else", None),
    ],
)
def test_an_object_is_of_the_most_exact_kind(key: str, place: str | None) -> None:
    assert place_of(key) == place
