"""The task: a home's settings, secrets and clock reach the source, and pages of it do not outlive the landing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger
from termpost.schemas.base.errors import Refused, RetryableError
from termpost.schemas.base.refs import Extract, Run
from termpost.tasks.extract.access import access_of
from termpost.tasks.extract.task import empty, pull
from termpost.tasks.home.home import Home, open_run

from tests.services.oneroster_server import SECRET, OneRosterService, oneroster_service
from tests.tagged import said
from tests.tasks.extract.rest_district import district
from tests.tasks.gradebook import NOW, new_home


@pytest.fixture
def service() -> Iterator[OneRosterService]:
    with oneroster_service(district()) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, service: OneRosterService, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = new_home(tmp_path / "home")
    secret = home.path / "secrets" / "oneroster-client-secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    with (home.path / "termpost.toml").open("a") as settings:
        settings.write(f'\n[source.oneroster]\ntoken_url = "{service.root}/token"\nclient_id = "termpost"\n')
        settings.write('[privacy]\ndrop_columns = ["comment"]\nlanding_days = 10\n')
    monkeypatch.setattr(
        "termpost.tasks.extract.task.access_of", lambda home: replace(access_of(home), sleep=lambda _: None)
    )
    return home


def pulled(home: Home, uri: str, days: int = 0) -> Extract:
    with disable_run_logger():
        return pull.fn(Run(str(home.path), "run", NOW + timedelta(days=days)), uri)


def test_a_service_lands_with_what_the_home_says_of_it(home: Home, service: OneRosterService) -> None:
    extract = pulled(home, service.uri)
    assert extract.version == "1.2"
    assert b"See me" not in home.store.get(f"{extract.uri}/results.csv")
    assert b"password" not in home.store.get(f"{extract.uri}/users.csv")
    assert b"2021-09-08" in home.store.get(f"{extract.uri}/lineItems.csv")  # in the school's zone
    note = said(home.store.get(f"{extract.uri}/landing.json"))
    assert note["landed_at"] == NOW.isoformat()
    assert not list(home.store.list("landing/incoming/"))


def test_a_read_that_broke_off_is_finished_by_the_next_run(home: Home, service: OneRosterService) -> None:
    service.absent["scoreScales"] = 500
    with pytest.raises(RetryableError):
        pulled(home, service.uri)
    assert (
        len(list(home.store.list("landing/incoming/"))) == 1 + 2 * 10
    )  # when they were begun; ten lists, and what is behind each
    service.absent.clear()
    service.asked.clear()
    pulled(home, service.uri)
    assert {name for name, _ in service.asked} == {"scoreScales"}
    assert not list(home.store.list("landing/incoming/"))


def test_it_is_emptied_by_the_days_and_the_clock_of_the_home(home: Home, service: OneRosterService) -> None:
    pulled(home, service.uri)
    with disable_run_logger():
        assert empty.fn(Run(str(home.path), "run", NOW + timedelta(days=10))) == 0
        assert empty.fn(Run(str(home.path), "run", NOW + timedelta(days=11))) == 1
    pulled(home, service.uri, days=12)
    with disable_run_logger():
        assert empty.fn(Run(str(home.path), "again", NOW + timedelta(days=23))) == 1
    entries = open_run(Run(str(home.path), "look")).log.entries("retained")
    assert [(entry.kind, entry.count) for entry in entries] == [("retained", 1), ("retained", 2)]


def test_a_page_that_somebody_touched_is_no_page_of_the_service(home: Home, service: OneRosterService) -> None:
    service.absent["scoreScales"] = 500
    with pytest.raises(RetryableError):
        pulled(home, service.uri)
    kept = {key: home.store.get(key) for key in home.store.list("landing/incoming/")}
    users = next(key for key in kept if "/users/" in key)
    for key in (users, next(key for key in kept if key.endswith("started.json"))):
        other = next(data for name, data in kept.items() if name not in (key, users))
        for touched in (kept[key].replace(b"{", b"{ ", 1), other):
            home.store.put(key, touched)
            with pytest.raises(Refused) as refused:
                pulled(home, service.uri)
            assert (refused.value.code, key in str(refused.value)) == ("object-changed", True)
        home.store.put(key, kept[key])
    service.absent.clear()
    service.asked.clear()
    home.store.delete(users)  # then it is asked for again
    pulled(home, service.uri)
    assert {name for name, _ in service.asked} == {"users", "scoreScales"}
    pulled(home, service.uri)
    for key, data in kept.items():  # of an attempt that is over
        home.store.put(key, data)
    service.asked.clear()
    service.collections["users"][0]["givenName"] = "Another"
    pulled(home, service.uri, days=2)
    assert "users" in {name for name, _ in service.asked}
