"""A OneRoster 1.2 service as a source: what comes out, and everything that goes wrong on the way."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.extract.access import Access
from termpost.tasks.extract.from_bytes import in_memory
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.oneroster.service import forget_pages
from termpost.tasks.extract.oneroster.versions import V1P2, layouts
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.source_file import SourceFile
from termpost.tasks.store.file.store import FileStore

from tests.services.oneroster_server import RESET, SECRET, OneRosterService, oneroster_service, self_signed
from tests.tagged import TAGS
from tests.tasks.extract.rest_district import district, person, ref, thing
from tests.tasks.extract.service_access import NOW, Waits, access

OF_COLUMNS = {"withdrawn-column", "unknown-column", "missing-column", "column-order", "unknown-property"}
PASSWORD = "hunter2-Qzx"  # noqa: S105 - of the made-up users


@pytest.fixture
def service() -> Iterator[OneRosterService]:
    with oneroster_service(district()) as running:
        yield running


def texts(files: list[SourceFile]) -> dict[str, str]:
    found = {}
    for file in files:
        with file.open() as source:
            found[file.name] = source.read().decode()
    return found


def rows(files: list[SourceFile], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(texts(files)[name], newline="")))


def refused(service: OneRosterService, code: str, how: Access | None = None, uri: str = "") -> InputError:
    with pytest.raises(InputError) as caught:
        open_source(uri or service.uri, how or access(service))
    assert caught.value.code == code
    assert "\n" not in str(caught.value)
    for secret in (SECRET, PASSWORD, "token-0"):
        assert secret not in str(caught.value)
    return caught.value


# -- what comes out


def test_every_file_has_exactly_the_columns_of_the_standard(service: OneRosterService) -> None:
    found = texts(open_source(service.uri, access(service)))
    assert set(found) == {*layouts(), "manifest.csv"}
    for name, layout in layouts().items():
        assert found[name].splitlines()[0].split(",") == list(layout.columns)


def test_json_becomes_the_cells_of_the_bundle(service: OneRosterService) -> None:
    files = open_source(service.uri, access(service))
    assert {k: v for k, v in rows(files, "results.csv")[0].items() if v} == {
        "sourcedId": "r-s-000", "lineItemSourcedId": "item-1", "studentSourcedId": "s-000",
        "classSourcedId": "class-1", "scoreStatus": "fully graded", "score": "17.25", "scoreDate": "2021-09-10",
        "comment": "See me, please", "late": "true",
    }  # fmt: skip
    (item,) = rows(files, "lineItems.csv")
    assert (item["resultValueMin"], item["resultValueMax"]) == ("0.0", "20.5")
    assert item["academicSessionSourcedId"] == "2021-fall"
    (lesson,) = rows(files, "classes.csv")
    assert (lesson["termSourcedIds"], lesson["grades"]) == ("2021-fall,2022-spring", "07,08")
    (course,) = rows(files, "courses.csv")
    assert (course["subjects"], course["schoolYearSourcedId"]) == ('Maths,"Numbers, and more"', "2022")
    student = rows(files, "users.csv")[0]
    assert (student["agentSourcedIds"], student["userIds"]) == ("c-s-000", "{SIS:7}")
    assert rows(files, "enrollments.csv")[0]["primary"] == "false"
    assert rows(files, "scoreScales.csv")[0]["scoreScaleValue"] == "{A:90},{B:80}"
    assert rows(files, "categories.csv")[0]["weight"] == "40"
    roles = rows(files, "roles.csv")
    assert {(r["userSourcedId"], r["role"], r["orgSourcedId"]) for r in roles} >= {("t-1", "teacher", "school-1")}
    assert len({r["sourcedId"] for r in roles}) == len(roles) == 4


def findings_of(files: list[SourceFile]) -> Findings:
    weighed = fingerprint(files)
    with duckdb.connect() as con, in_memory(con, files) as sources:
        return hold_against_contracts(
            con, sources, weighed.id, CheckParameters(), f"{weighed.format}/{weighed.version}"
        )


def warnings(files: list[SourceFile]) -> list[tuple[str, str]]:
    """What the check says of how the service gave its lists."""
    return [(p.file, p.rule) for p in findings_of(files).problems if p.rule.startswith("service-")]


def whole_district() -> dict[str, list[dict[str, Any]]]:
    """The made-up school with the district and the sessions that it refers to."""
    collections = district()
    collections["orgs"].append(thing("district", name="Made-up District", type="district"))
    collections["academicSessions"] += [
        thing("2022", title="2021-2022", type="schoolYear", startDate="2021-08-20", endDate="2022-06-10",
              schoolYear="2022"),
        thing("2022-spring", title="Spring", type="term", startDate="2022-01-10", endDate="2022-06-10",
              schoolYear="2022", parent=ref("academicSession", "2022")),
    ]  # fmt: skip
    return collections


def test_the_bundle_is_held_against_the_contracts_of_1_2(service: OneRosterService) -> None:
    """Accepted whole, and without a warning about anything that is of our own making."""
    service.collections = whole_district()
    findings = findings_of(open_source(service.uri, access(service)))
    assert findings.form == "oneroster-csv/1.2"
    assert all(file.rows == file.accepted + file.quarantined for file in findings.files)
    assert [(p.rule, p.file, p.column) for p in findings.problems if p.severity == "error"] == []
    assert findings.outcome == "accepted"
    assert OF_COLUMNS.isdisjoint(p.rule for p in findings.problems), findings.problems


def test_a_bulk_bundle_says_so_and_leaves_blank_what_bulk_leaves_blank(service: OneRosterService) -> None:
    service.collections["results"][0]["status"] = "tobedeleted"
    files = open_source(service.uri, access(service))
    assert fingerprint(files).version == "1.2"
    modes = dict(csv.reader(io.StringIO(texts(files)["manifest.csv"])))
    assert (modes["file.results"], modes["file.roles"], modes["file.userProfiles"]) == ("bulk", "bulk", "absent")
    assert modes["source.systemName"] == "127.0.0.1"
    assert [row["sourcedId"] for row in rows(files, "results.csv")] == ["r-s-001", "r-s-002"]
    for name in layouts():
        assert all(row["status"] == row["dateLastModified"] == "" for row in rows(files, name))


def test_marks_stay_exact(service: OneRosterService, monkeypatch: pytest.MonkeyPatch) -> None:
    digits = "0.1000000000000000055511151231257827021181583404541015625"
    as_sent = json.dumps

    def exact(value: object) -> str:
        return as_sent(value).replace("17.25", digits).replace("20.5", "2e1")

    monkeypatch.setattr("tests.services.oneroster_server.json.dumps", exact)
    files = open_source(service.uri, access(service))
    assert {row["score"] for row in rows(files, "results.csv")} == {digits}
    assert rows(files, "lineItems.csv")[0]["resultValueMax"] == "20"


@pytest.mark.parametrize(
    ("zone", "due"), [(None, "2021-09-09"), ("America/Chicago", "2021-09-08"), ("Asia/Tokyo", "2021-09-09")]
)
def test_a_day_is_the_school_s_day_and_midnight_utc_is_a_bare_day(
    service: OneRosterService, zone: str | None, due: str
) -> None:
    (item,) = rows(open_source(service.uri, access(service, zone=zone and ZoneInfo(zone))), "lineItems.csv")
    assert (item["dueDate"], item["assignDate"]) == (due, "2021-09-01")


def test_the_order_of_the_service_does_not_make_another_extract(service: OneRosterService) -> None:
    first = fingerprint(open_source(service.uri, access(service))).id
    for things in service.collections.values():
        things.reverse()
    assert fingerprint(open_source(f"{service.uri}/rostering/v1p2/", access(service))).id == first


def test_passwords_and_dropped_columns_are_nowhere_not_even_in_kept_pages(
    service: OneRosterService, store: FileStore
) -> None:
    how = access(service, keep=store, drop=("users.username", "comment"))
    service.absent["scoreScales"] = 500  # the last one, so that the pages stay
    with pytest.raises(RetryableError):
        open_source(service.uri, how)
    kept = [store.get(key) for key in store.list("landing/incoming/")]
    assert len(kept) > 8
    assert not any(PASSWORD.encode() in page or b"See me" in page for page in kept)
    service.absent.clear()
    found = open_source(service.uri, how)
    assert not any(PASSWORD in text for text in texts(found).values())
    assert {row["username"] for row in rows(found, "users.csv")} == {""}


def test_a_text_that_is_no_unicode_is_refused(service: OneRosterService) -> None:
    service.collections["users"].append(person("s-bad", "student", middleName="\ud800"))
    refused(service, "not-text")


# -- paging


@pytest.mark.parametrize(("total", "link"), [(True, False), (False, True), (False, False), (True, True)])
@pytest.mark.parametrize("most", [1, 2, 7, 1000])
def test_pages_come_together_whatever_the_service_says_of_their_number(
    service: OneRosterService, total: bool, link: bool, most: int
) -> None:
    service.collections = district(20)
    service.with_total, service.with_link, service.most = total, link, most
    found = open_source(service.uri, access(service))
    assert len(rows(found, "results.csv")) == 20
    assert len(rows(found, "users.csv")) == 21


def _shifting(service: OneRosterService, times: int, change: Callable[[list[Any]], object]) -> None:
    left = [times]

    def before(collection: str, offset: int) -> None:
        if collection == "results" and offset > 5 and left[0]:
            left[0] -= 1
            change(service.collections["results"])

    service.before_page = before


@pytest.mark.parametrize("total", [True, False])
@pytest.mark.parametrize("change", [lambda r: r.pop(0), lambda r: r.insert(0, {**r[0], "sourcedId": "r-new"})])
def test_pages_that_shift_are_read_again_and_lose_nothing(
    service: OneRosterService, change: Callable[[list[Any]], object], total: bool
) -> None:
    service.collections, service.most, service.with_total = district(20), 5, total
    _shifting(service, 1, change)
    found = open_source(service.uri, access(service))
    assert {row["sourcedId"] for row in rows(found, "results.csv")} == {
        one["sourcedId"] for one in service.collections["results"]
    }


def test_pages_that_keep_shifting_are_refused(service: OneRosterService) -> None:
    service.collections, service.most = district(20), 5
    _shifting(service, 99, lambda results: results.pop(0))
    assert "results change while they are read" in str(refused(service, "source-changed"))


def test_one_id_twice_with_two_contents_is_refused(service: OneRosterService) -> None:
    results = service.collections["results"]
    results.append({**results[0], "score": 3})
    refused(service, "source-changed")


def test_paging_that_never_ends_is_refused(service: OneRosterService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termpost.tasks.extract.oneroster.walk.MOST", 50)
    service.with_total, service.most = False, 10
    results, numbers = service.collections["results"], count()

    def grow(collection: str, _offset: int) -> None:
        if collection == "results":
            results.extend({**results[0], "sourcedId": f"r-{next(numbers)}"} for _ in range(20))

    service.before_page = grow
    assert "never end" in str(refused(service, "endless"))


# -- busy, broken and back again


@pytest.mark.parametrize("fault", [(429, {}), (500, {}), (503, {}), RESET], ids=str)
def test_a_busy_service_is_asked_again_ever_more_slowly(service: OneRosterService, fault: Any) -> None:
    waits = Waits()
    service.faults = [fault, fault, fault]
    assert open_source(service.uri, access(service, sleep=waits))
    assert len(waits) == 3
    assert 1 <= waits[0] <= 2 <= waits[1] <= 4 <= waits[2] <= 8


def test_retry_after_is_honoured_in_seconds_and_as_a_date(service: OneRosterService) -> None:
    waits = Waits()
    date = {"Date": "Fri, 17 Dec 2021 14:00:00 GMT", "Retry-After": "Fri, 17 Dec 2021 14:00:50 GMT"}
    service.faults = [(429, {"Retry-After": "77"}), (503, date), (429, {"Retry-After": "soon"})]
    assert open_source(service.uri, access(service, sleep=waits))
    assert waits[0] == 77
    assert 50 - 8 <= waits[1] <= 50
    assert waits[2] <= 8


def test_a_service_that_asks_for_an_hour_is_not_waited_for(service: OneRosterService) -> None:
    waits = Waits()
    service.faults = [(429, {"Retry-After": "3600"})]
    with pytest.raises(RetryableError, match="busy"):
        open_source(service.uri, access(service, sleep=waits))
    assert waits == []


@pytest.mark.parametrize("fault", [(500, {}), RESET], ids=str)
def test_a_service_that_stays_broken_is_given_up(service: OneRosterService, fault: Any) -> None:
    service.faults = [fault] * 99
    with pytest.raises(RetryableError) as caught:
        open_source(service.uri, access(service))
    assert service.uri in str(caught.value)
    assert len(service.faults) == 93


def test_a_run_that_broke_off_is_taken_up_where_it_stopped(service: OneRosterService, store: FileStore) -> None:
    service.collections, service.most = district(20), 5
    how = access(service, keep=store)

    def dead(collection: str, offset: int) -> None:
        if collection == "results" and offset > 8:
            service.faults = [RESET] * 6

    service.before_page = dead
    with pytest.raises(RetryableError):
        open_source(service.uri, how)
    service.faults, service.before_page, before = [], lambda *_: None, list(service.asked)
    files = open_source(service.uri, how)
    again = service.asked[len(before) :]
    assert {name for name, _ in again} == {"results", "scoreScales"}
    assert min(offset for name, offset in again if name == "results") > 8
    service.asked.clear()
    assert fingerprint(files).id == fingerprint(open_source(service.uri, access(service))).id
    land(store, TAGS, files, fingerprint(files), (), FixedClock(NOW))
    forget_pages(service.uri, how)
    assert not list(store.list("landing/incoming/"))


def test_pages_of_another_day_or_other_settings_are_not_mixed_in(service: OneRosterService, store: FileStore) -> None:
    how = access(service, keep=store)
    service.absent["scoreScales"] = 500
    with pytest.raises(RetryableError):
        open_source(service.uri, how)
    service.absent.clear()
    for other in (
        replace(how, clock=FixedClock(NOW + timedelta(hours=25))),
        replace(how, clock=FixedClock(NOW - timedelta(hours=1))),
        replace(how, drop=("comment",)),
    ):
        service.asked.clear()
        open_source(service.uri, replace(other, keep=_copy(store)))
        assert {name for name, _ in service.asked} == {collection.name for collection in V1P2.collections}
    service.asked.clear()
    open_source(service.uri, replace(how, clock=FixedClock(NOW + timedelta(hours=23))))
    assert {name for name, _ in service.asked} == {"scoreScales"}


def _copy(store: FileStore) -> FileStore:
    import shutil
    import uuid

    return FileStore(Path(shutil.copytree(store.root, store.root.with_name(uuid.uuid4().hex))))


def test_a_refused_client_leaves_nothing_behind(service: OneRosterService, store: FileStore) -> None:
    refused(service, "token-refused", access(service, keep=store, environ={"TERMPOST_ONEROSTER_CLIENT_SECRET": "no"}))
    assert not store.root.exists()


# -- tokens


def test_a_token_is_renewed_before_it_ends(service: OneRosterService) -> None:
    seconds = iter(range(0, 100000, 40))
    service.token_lasts = 130
    open_source(service.uri, access(service, elapsed=lambda: next(seconds)))
    assert len(service.tokens) > 3
    assert all("gradebook.readonly" in scope and "roster.readonly" in scope for scope in service.scopes)


def test_a_token_that_ended_early_is_renewed_once(service: OneRosterService) -> None:
    service.token_uses = 4
    open_source(service.uri, access(service))
    assert len(service.tokens) == -(-len(service.asked) // 4) > 2
    service.token_uses = 0
    assert "does not take the token" in str(refused(service, "token-refused"))


def test_the_token_server_may_be_busy_too(service: OneRosterService) -> None:
    service.token_faults = [(503, {}), RESET]
    assert open_source(service.uri, access(service))


def test_the_secret_may_lie_in_the_home(service: OneRosterService, tmp_path: Path) -> None:
    secret = tmp_path / "secrets" / "oneroster-client-secret"
    secret.parent.mkdir()
    how = replace(access(service, home=tmp_path), environ={})
    assert "secrets/oneroster-client-secret" in refused(service, "no-login", how).remedy
    secret.write_text(SECRET + "\n")
    secret.chmod(0o600)
    assert open_source(service.uri, how)


@pytest.mark.parametrize("key", ["token_url", "client_id"])
def test_a_missing_setting_is_named(service: OneRosterService, key: str) -> None:
    assert key in refused(service, "no-login", access(service, settings={key: None})).remedy


def test_a_token_url_that_gives_no_token(service: OneRosterService) -> None:
    how = access(service, settings={"token_url": f"{service.root}/token"})
    service.token_faults = [(200, {})]
    assert "holds no token" in str(refused(service, "token-refused", how))


# -- what is wrong with the service


@pytest.mark.parametrize("status", [404, 501])
@pytest.mark.parametrize("name", ["demographics", "scoreScales", "courses", "categories"])
def test_what_a_report_can_do_without_may_be_absent(service: OneRosterService, name: str, status: int) -> None:
    service.absent[name] = status
    files = open_source(service.uri, access(service))
    assert f"{name}.csv" not in {file.name for file in files}
    assert f"file.{name},absent" in texts(files)["manifest.csv"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "wrong-address"),
        (501, "wrong-address"),
        (403, "access-denied"),
        (400, "service-refused"),
        (302, "wrong-address"),
    ],
)
def test_what_a_report_needs_may_not(service: OneRosterService, status: int, code: str) -> None:
    service.absent["results"] = status
    refused(service, code)


def test_demographics_that_are_kept_from_us_are_not_quietly_left_out(service: OneRosterService) -> None:
    service.absent["demographics"] = 403
    files = open_source(service.uri, access(service))
    assert "demographics.csv" not in {file.name for file in files}
    assert warnings(files) == [("demographics.csv", "service-withheld")]


@pytest.mark.parametrize("name", ["enrollments", "categories", "scoreScales", "courses", "users"])
def test_any_other_list_that_is_kept_from_us_is_named(service: OneRosterService, name: str) -> None:
    service.absent[name] = 403
    assert f"may not read {name}, HTTP 403" in str(refused(service, "access-denied"))


def test_a_required_list_may_be_empty_and_is_then_the_check_s_to_judge(service: OneRosterService) -> None:
    service.collections["results"] = []
    service.collections["categories"] = []
    found = texts(open_source(service.uri, access(service)))
    assert len(found["results.csv"].splitlines()) == 1
    assert "categories.csv" not in found


def test_a_wrong_address(service: OneRosterService) -> None:
    assert "/rostering/v1p2" in refused(service, "wrong-address", uri=f"{service.root}/elsewhere").remedy


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (b"<!doctype html><p>Log in", "wrong-address", "a web page"),
        (b'{"users": []}', "not-oneroster", "holds no orgs"),
        (b"[]", "not-oneroster", "holds no orgs"),
        (b'{"orgs": [1]}', "not-oneroster", "holds no orgs"),
        (b'{"message": "ok"}', "not-oneroster", "holds no orgs"),
        (b"[" * 100_000, "wrong-address", ""),
        (b'{"orgs": [{"sourcedId": ' + b"9" * 5000 + b"}]}", "wrong-address", ""),
        (b"\xff\xfe", "wrong-address", ""),
    ],
    ids=range(8),
)
def test_an_answer_that_is_not_oneroster(service: OneRosterService, body: bytes, code: str, said: str) -> None:
    service.body = body
    assert said in str(refused(service, code))


def test_an_answer_out_of_all_proportion(service: OneRosterService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termpost.tasks.extract.oneroster.http.LARGEST", 1000)
    service.body = b"{" + b" " * 5000
    refused(service, "too-large")


def test_nobody_listens_and_no_such_host(service: OneRosterService) -> None:
    how = access(service, settings={"token_url": "http://127.0.0.1:1/token"})
    assert "connection refused" in str(refused(service, "source-unreachable", how))
    how = access(service, settings={"token_url": "https://nowhere.invalid/token"})
    assert "host is not known" in str(refused(service, "source-unreachable", how))


def test_a_server_that_cannot_prove_who_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path / "server.pem")
    with oneroster_service(district(), certificate) as secure:
        waits = Waits()
        error = refused(secure, "tls-failed", access(secure, sleep=waits))
        assert "never switch the check off" in error.remedy
        assert waits == []  # a wrong certificate does not get better
        assert secure.tokens == {}
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # a school's own authority
        assert open_source(secure.uri, access(secure))


def test_a_server_that_speaks_no_tls(service: OneRosterService) -> None:
    refused(service, "tls-failed", access(service, settings={"token_url": f"https://127.0.0.1:{service.port}/token"}))
