"""OneRoster 1.1 over REST, and the ways in which services of either version let somebody in or do not."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.extract.from_bytes import in_memory
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.oneroster.service import forget_pages
from termpost.tasks.extract.oneroster.versions import V1P1, V1P2, layouts
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.source_file import SourceFile
from termpost.tasks.store.file.store import FileStore

from tests.services.oneroster_server import SECRET, OneRosterService, oneroster_service
from tests.tagged import TAGS
from tests.tasks.extract.rest_district import ref
from tests.tasks.extract.rest_district_1_1 import district_1_1
from tests.tasks.extract.service_access import Waits, access

STATIC = "static-Zq81"


@pytest.fixture
def service() -> Iterator[OneRosterService]:
    with oneroster_service(district_1_1()) as running:
        running.version = "1.1"
        yield running


def rows(files: list[SourceFile], name: str) -> list[dict[str, str]]:
    with next(file for file in files if file.name == name).open() as source:
        return list(csv.DictReader(io.StringIO(source.read().decode(), newline="")))


def findings_of(files: list[SourceFile]) -> Findings:
    weighed = fingerprint(files)
    with duckdb.connect() as con, in_memory(con, files) as sources:
        return hold_against_contracts(con, sources, weighed.id, CheckParameters(), weighed.form)


def refused(service: OneRosterService, code: str, how: Any = None, uri: str = "") -> str:
    with pytest.raises(InputError) as caught:
        open_source(uri or service.uri, how or access(service))
    said = str(caught.value)
    assert caught.value.code == code
    assert "\n" not in said
    assert not any(secret in said for secret in (SECRET, STATIC, "token-0", "hunter2"))
    return said


# -- 1.1


@pytest.mark.parametrize("end", ["", "/", "/v1p1", "/v1p1/"])
def test_case_21_a_service_of_1_1_is_read_as_the_bundle_that_it_would_have_exported(
    service: OneRosterService, end: str
) -> None:
    """Case extracts/21: 'the service has no orgs … check the address'."""
    files = open_source(service.uri + end, access(service))
    findings = findings_of(files)
    assert findings.form == "oneroster-csv/1.1"
    assert (findings.outcome, [p for p in findings.problems if p.severity != "warning"]) == ("accepted", [])
    assert not {"unknown-column", "missing-column", "column-order", "withdrawn-column", "unknown-property",
                "manifest-mismatch"} & {p.rule for p in findings.problems}  # fmt: skip
    for file in files:
        if file.name != "manifest.csv":
            with file.open() as source:
                assert source.readline().decode().strip().split(",") == list(layouts("1.1")[file.name].columns)


def test_json_of_1_1_becomes_the_cells_of_its_bundle(service: OneRosterService) -> None:
    files = open_source(service.uri, access(service))
    person = next(row for row in rows(files, "users.csv") if row["sourcedId"] == "s-000")
    assert (person["role"], person["orgSourcedIds"], person["enabledUser"], person["password"]) == (
        "student", "school-1", "true", "",
    )  # fmt: skip
    assert rows(files, "demographics.csv")[0]["birthDate"] == "2008-03-04"
    (item,) = rows(files, "lineItems.csv")
    assert (item["gradingPeriodSourcedId"], item["categorySourcedId"], item["classSourcedId"]) == (
        "2021-fall", "cat-1", "class-1",
    )  # fmt: skip
    assert (item["resultValueMax"], item["dueDate"]) == ("20.5", "2021-09-09")
    (mark, *_) = rows(files, "results.csv")
    assert (mark["lineItemSourcedId"], mark["studentSourcedId"], mark["score"]) == ("item-1", "s-000", "17.25")
    assert not any(file.name in ("roles.csv", "scoreScales.csv") for file in files)


def test_objects_that_are_deleted_by_any_word_are_left_out(service: OneRosterService) -> None:
    for one, status in zip(service.collections["results"], ["inactive", "tobedeleted", "ToBeDeleted"], strict=True):
        one["status"] = status
    files = open_source(service.uri, access(service))
    assert rows(files, "results.csv") == []
    assert ("results.csv", "service-inactive") in {(p.file, p.rule) for p in findings_of(files).problems}


def test_students_and_teachers_stand_in_for_users_that_are_not_there(service: OneRosterService) -> None:
    users = service.collections.pop("users")
    service.collections["students"] = [one for one in users if one["role"] == "student"]
    service.collections["teachers"] = [one for one in users if one["role"] == "teacher"]
    service.collections["teachers"] += service.collections["students"][:1]  # who is both is in both lists
    files = open_source(service.uri, access(service))
    assert sorted(row["sourcedId"] for row in rows(files, "users.csv")) == ["s-000", "s-001", "s-002", "t-1"]
    assert [(p.file, p.rule) for p in findings_of(files).problems if p.rule.startswith("service-")] == [
        ("users.csv", "service-parts")
    ]


def test_users_that_are_nowhere_are_named(service: OneRosterService) -> None:
    del service.collections["users"]
    assert "has no students" in refused(service, "wrong-address")


def test_a_service_of_1_2_at_an_address_that_says_1_1_is_told_so() -> None:
    with oneroster_service(district_1_1()) as newer:
        assert "HTTP 404 at" in refused(newer, "wrong-address", uri=f"{newer.uri}/v1p1")


def test_pages_of_1_1_are_taken_up_and_forgotten_too(service: OneRosterService, store: FileStore) -> None:
    how = access(service, keep=store)
    service.absent["results"] = 500
    with pytest.raises(RetryableError):
        open_source(service.uri, how)
    service.absent.clear()
    service.asked.clear()
    files = open_source(service.uri, how)
    assert {name for name, _ in service.asked} == {"results"}
    land(store, TAGS, files, fingerprint(files), (), how.clock)
    forget_pages(service.uri, how)
    assert not list(store.list("landing/incoming/"))


def test_a_total_of_the_page_is_read_on_and_told_by_the_check(service: OneRosterService) -> None:
    """As a whole, as a user sees it: case 06 over a connection."""
    every = service.collections["results"]

    def answer(query: dict[str, list[str]]) -> Any:
        offset = int(query["offset"][0])
        link = {"Link": f'<?limit=2&offset={offset + 2}>; rel="next"'} if offset + 2 < len(every) else {}
        return 200, {"results": every[offset : offset + 2]}, {"X-Total-Count": "2", **link}

    service.answers["results"] = answer
    files = open_source(service.uri, access(service))
    assert len(rows(files, "results.csv")) == 3
    (told,) = [p for p in findings_of(files).problems if p.rule.startswith("service-")]
    assert (told.file, told.rule, told.severity) == ("results.csv", "service-total", "warning")


# -- who is let in


@pytest.mark.parametrize("wrong_way", [400, 401, 403])
def test_the_secret_goes_into_the_body_where_the_header_is_refused(service: OneRosterService, wrong_way: int) -> None:
    service.login_in, service.wrong_way, service.token_uses = "body", wrong_way, 5
    how = access(service, settings={"token_url": f"{service.root}/token?appName=termpost"})
    service.token_faults = []
    assert open_source(service.uri, how)
    assert set(service.token_paths) == {"/token?appName=termpost"}
    tried = {"1.2": 2, "1.1": 1}  # each version once by header; renewals go straight to the body
    assert len(service.token_paths) <= len(service.tokens) + sum(tried.values())


def test_a_secret_that_is_wrong_both_ways_is_one_line(service: OneRosterService) -> None:
    how = access(service, environ={"TERMPOST_ONEROSTER_CLIENT_SECRET": "wrong-one"})
    for service.login_in in ("header", "body"):
        said = refused(service, "token-refused", how)
        assert "HTTP 4" in said
        assert "wrong-one" not in said


@pytest.mark.parametrize("version", [V1P1, V1P2], ids=lambda version: version.name)
def test_scopes_are_those_of_the_version_and_left_out_where_they_are_unknown(version: Any) -> None:
    with oneroster_service(district_1_1()) as running:
        running.version = "1.1"
        open_source(f"{running.uri}/v1p1", access(running))
        assert running.scopes == [V1P1.scope]
        running.known_scope, running.scopes = "roster-core", []
        open_source(f"{running.uri}/v1p1", access(running))
        assert running.scopes == [""]
        said = refused(running, "token-refused", access(running, settings={"scope": version.scope}))
        assert "scope unknown" in said  # one that settings name is never left out


def test_a_static_token_is_sent_as_it_is(service: OneRosterService, tmp_path: Path) -> None:
    service.tokens[STATIC] = 0
    how = access(service, settings={"token_url": None, "client_id": None}, environ={"TERMPOST_ONEROSTER_TOKEN": STATIC})
    assert open_source(service.uri, how)
    assert service.token_paths == []
    secret = tmp_path / "secrets" / "oneroster-token"
    secret.parent.mkdir()
    secret.write_text(STATIC + "\n")
    secret.chmod(0o600)
    assert open_source(service.uri, replace(how, home=tmp_path, environ={}))
    service.token_uses = 0
    assert "secrets/oneroster-token" in refused(service, "token-refused", how)


def test_a_token_url_and_a_static_token_are_one_too_many(service: OneRosterService) -> None:
    assert "leave out" in refused(service, "two-logins", access(service, environ={"TERMPOST_ONEROSTER_TOKEN": STATIC}))
    how = access(service, settings={"token_url": None}, environ={"TERMPOST_ONEROSTER_TOKEN": f"Bearer {STATIC}"})
    assert "without the word Bearer" in refused(service, "bad-secret", how)


@pytest.mark.parametrize("header", ['OAuth realm="sis"', "OAuth"])
def test_oauth_1_is_refused_by_its_name(service: OneRosterService, header: str) -> None:
    service.answers["orgs"] = lambda _: (401, {}, {"WWW-Authenticate": header})
    assert "OAuth 1.0a" in refused(service, "oauth-1", uri=f"{service.uri}/v1p1")
    assert "OAuth 1.0a" in refused(service, "no-login", access(service, settings={"token_url": None}))


def test_a_token_server_that_sends_us_elsewhere_gets_no_secret(service: OneRosterService) -> None:
    service.token_faults = [(307, {"Location": "https://elsewhere.example.org/token"})] * 2
    assert "elsewhere" in refused(service, "token-refused")
    service.token_faults = [(404, {})] * 2
    assert "no tokens are given here, HTTP 404" in refused(service, "token-refused")


# -- each way it can go wrong is a line of its own


def test_a_wrong_address_says_what_was_found_there(service: OneRosterService) -> None:
    said = refused(service, "wrong-address", uri=f"{service.root}/ims")
    assert "HTTP 404 at" in said
    assert "/ims/rostering/v1p2/orgs" in said
    assert "/ims/v1p1/orgs" in said
    service.body = b"<html>Welcome"
    assert "a web page at" in refused(service, "wrong-address")


@pytest.mark.parametrize(
    ("status", "headers", "code", "said"),
    [
        (302, {"Location": "https://login.example.org/?next=secret"}, "wrong-address", "to login.example.org,"),
        (301, {"Location": "/elsewhere"}, "wrong-address", "elsewhere"),
        (403, {}, "access-denied", "may not read enrollments, HTTP 403"),
        (404, {}, "wrong-address", "has no enrollments"),
        (401, {}, "token-refused", "does not take the token"),
        (400, {}, "service-refused", "HTTP 400"),
    ],
)
def test_what_a_service_answers_for_a_list_that_is_needed(
    service: OneRosterService, status: int, headers: dict[str, str], code: str, said: str
) -> None:
    service.answers["enrollments"] = lambda _: (status, {}, headers)
    found = refused(service, code)
    assert said in found
    assert "secret" not in found


def test_a_service_that_asks_for_an_hour_says_so(service: OneRosterService) -> None:
    waits = Waits()
    service.answers["orgs"] = lambda _: (429, {}, {"Retry-After": "3600"})
    with pytest.raises(RetryableError, match="HTTP 429, which asks to wait 3600 seconds"):
        open_source(f"{service.uri}/v1p1", access(service, sleep=waits))
    assert waits == []


def test_ids_alone_in_place_of_references_are_read(service: OneRosterService) -> None:
    (lesson,) = service.collections["classes"]
    lesson["terms"] = [ref("term", "2021-fall"), "2022-spring"]
    assert (
        rows(open_source(service.uri, access(service)), "classes.csv")[0]["termSourcedIds"] == "2021-fall,2022-spring"
    )
