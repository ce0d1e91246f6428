"""Opening a home: under the run's clock, with what its settings say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from termpost.schemas.base.clock import FixedClock, SystemClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Run
from termpost.tasks.home.home import Home, open_home, open_run

from tests.tasks.gradebook import NOW, new_home


def test_a_folder_without_settings_is_no_home_and_stays_untouched(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_home(tmp_path)
    assert caught.value.code == "no-home"
    assert list(tmp_path.iterdir()) == []


def test_opening_makes_nothing_yet(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    before = sorted(home.path.rglob("*"))
    opened = open_home(home.path)
    assert opened.settings.institution.name == "Rehearsal · Grand Bend ISD"
    assert (opened.calendar.country, opened.policy.version) == ("US", "2021-1")
    assert opened.lake.catalogue == home.path / "catalogue" / "lake.sqlite"
    assert sorted(home.path.rglob("*")) == before


def test_a_run_goes_by_its_own_clock(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    as_of = open_run(Run(str(home.path), "r", NOW))
    assert as_of.is_as_of
    assert as_of.clock.today() == NOW
    today = open_run(Run(str(home.path), "r"))
    assert not today.is_as_of
    assert abs(today.clock.today() - datetime.now(UTC)) < timedelta(minutes=1)
    assert isinstance(today.clock, SystemClock)


def test_data_of_the_lake_lies_in_the_store_or_where_settings_say(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    assert home.lake.data == f"{home.path}/vault/lake/"
    elsewhere = Home(home.path, FixedClock(NOW), {"TERMPOST_LAKE__DATA": str(tmp_path / "data")})
    assert elsewhere.lake.data == f"{tmp_path}/data/"


def test_a_catalogue_of_another_kind_is_refused(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home", TERMPOST_LAKE__CATALOGUE="postgres:dbname=x")
    with pytest.raises(InputError) as caught:
        _ = home.lake
    assert caught.value.code == "unknown-catalogue"


def test_a_home_without_secrets_opens_and_says_so_where_they_are_needed(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    (home.path / "secrets" / "master.key").unlink()
    assert home.settings.institution.name
    with pytest.raises(InputError) as caught:
        _ = home.people
    assert caught.value.code == "no-secret"
