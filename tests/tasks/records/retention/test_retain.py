"""What is due goes, with everything that could bring it back; what is held or not due stays; the log knows first."""

import json
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError, Refused, RetryableError
from termpost.schemas.base.shipped import STARTER
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.kept_objects import kept_names
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.records.hold import hold_records, lift_hold, standing_holds
from termpost.tasks.records.retention import retain as retaining
from termpost.tasks.records.retention.list_paper import paper_of_due
from termpost.tasks.records.retention.retain import Proof, Retained, approved_by, finish, retain
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.s3.store import S3Store

from tests.laws.on_stores import move_to_s3
from tests.records_school import keep_results_briefly
from tests.report_text import read_pdf
from tests.school import FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER
from tests.services.gateway import Gateway
from tests.tasks.papers.paperwork import assert_accessible
from tests.tasks.records.retention.conftest import NINE_YEARS, TWO_YEARS, Keeper

COPIES = ("sealed/", "print/")


class Killed(BaseException):
    """Nothing catches it."""


def rows(keeper: Keeper, table: str) -> int:
    with open_lake(keeper.school.open().lake) as lake:
        return int(lake.execute(f"SELECT count(*) FROM lake.{table}").fetchall()[0][0])


def test_copies_go_after_the_next_school_year_and_the_door_shows_them_no_more(keeper: Keeper) -> None:
    keeper.school.as_of = datetime(2023, 7, 31, 14, tzinfo=UTC)
    assert keeper.plan().due == ()
    keeper.school.feedback()
    doors = keeper.lies_there("door/")
    before = {key: keeper.school.store.get(key) for key in doors}

    keeper.school.as_of = TWO_YEARS
    copies = keeper.lies_there(*COPIES)
    assert keeper.plan().counts() == [("delivery-copies", "store", len(copies))]
    assert keeper.retain().counts == {"store": len(copies)}

    assert keeper.lies_there(*COPIES) == []
    assert len(keeper.lies_there("reports/")) == 14
    assert {e.object for e in keeper.school.entries("retained")} == set(copies)
    assert {(e.cause, e.actor) for e in keeper.school.entries("retained")} == {("delivery-copies", "mlopez")}
    assert all(keeper.school.store.get(key) != before[key] for key in doors)
    keeper.assert_log_holds()

    said = len(keeper.school.entries())
    keeper.school.feedback()
    assert keeper.retain().total == 0
    assert len(keeper.school.entries()) == said, "nothing comes back, and nothing is said twice"


def test_a_plan_changes_nothing_and_names_nobody(keeper: Keeper) -> None:
    keeper.school.as_of = NINE_YEARS
    said, there = len(keeper.school.entries()), keeper.lies_there("")
    plan = keeper.plan()
    assert (plan.text, plan.digest) == (keeper.plan().text, keeper.plan().digest)
    assert {line for line, _, _ in plan.counts()} == {"delivery-copies", "reports", "history", "in-passing"}
    assert (plan.undated, plan.unknown, plan.held) == (0, (), 0)
    assert not any(word in plan.text for word in (LISA, FANNIE, KYLE, MOTHER, FATHER, OTHER, "Lisa"))
    assert (len(keeper.school.entries()), keeper.lies_there("")) == (said, there)


def test_after_seven_years_reports_and_history_are_gone_and_the_log_still_holds(keeper: Keeper) -> None:
    keeper.school.as_of = NINE_YEARS
    before = rows(keeper, "core_person")
    gone = keeper.retain()
    assert gone.counts["store"] > 20
    assert gone.counts["tables"] > 100
    assert keeper.lies_there("reports/", *COPIES) == []
    assert rows(keeper, "core_result") == rows(keeper, "out_course_summary") == 0
    assert rows(keeper, "core_person") == before, "they are in the newest extract: nobody left"
    assert rows(keeper, "out_section_summary") > 0
    assert kept_names(keeper.school.open(), lambda name: name.startswith("reports/")) == []
    keeper.assert_log_holds()
    assert keeper.plan().due == ()


def test_what_is_held_stays_until_it_is_lifted(keeper: Keeper) -> None:
    home, lisa, cause = keeper.school.open(), keeper.school.ref(LISA), "litigation"
    with keeper.school.phone.is_the_time():
        assert hold_records(home, lisa, cause, "mlopez", keeper.school.phone.code())
        assert not hold_records(home, lisa, cause, "mlopez", keeper.school.phone.code())
    assert [(one.student, one.cause, one.by) for one in standing_holds(home)] == [(lisa, cause, "mlopez")]
    keeper.school.as_of = NINE_YEARS
    keeper.retain()
    refs = {keeper.school.ref(one) for one in (LISA, MOTHER, FATHER)}
    with open_lake(keeper.school.open().lake) as lake:
        left = {ref for (ref,) in lake.execute("SELECT person_ref FROM lake.core_result").fetchall()}
        assert left == {lisa}
        assert lake.execute("SELECT count(*) FROM lake.core_class").fetchall() != [(0,)], "what they are called"
    reports = {key.split("/")[3] for key in keeper.lies_there("reports/") if "/v1/" in key}
    assert len(reports) == 1
    assert {key.split("/")[1] for key in keeper.lies_there("sealed/")} == refs - {lisa}
    keeper.assert_log_holds()

    home = keeper.school.open()
    assert keeper.lies_there("reports/-/"), "what is about many stays, since it may be about them"
    with keeper.school.phone.is_the_time():
        assert lift_hold(home, lisa, None, "mlopez", keeper.school.phone.code()) == (cause,)
        with pytest.raises(InputError, match="nothing holds"):
            lift_hold(home, lisa, None, "mlopez", keeper.school.phone.code())
    keeper.school.keep_records()
    assert rows(keeper, "core_result") > 0, "what was held goes by no list that it was not on"
    assert keeper.retain().total > 0
    assert keeper.lies_there("reports/", *COPIES) == []
    assert rows(keeper, "core_result") == 0


@pytest.mark.parametrize(
    ("second", "digest", "code"),
    [("mlopez", "", "same-person"), ("nobody", "", "unknown-staff"), ("jkim", "0" * 64, "list-changed"),
     ("oclerk", "", "role-may-not")],
)  # fmt: skip
def test_nothing_goes_without_two_people_and_the_list_they_read(
    keeper: Keeper, second: str, digest: str, code: str
) -> None:
    keeper.school.as_of = TWO_YEARS
    clerk = keeper.school.register("oclerk", "office")
    there = keeper.lies_there(*COPIES)
    first, other = keeper.proofs()
    clerk.now = keeper.school.phone.now
    proofs = (first, Proof(second, clerk.code() if second == "oclerk" else other.otp))
    keeper.school.phone.now = keeper.second.now
    asked = digest or keeper.plan().digest
    with keeper.school.phone.is_the_time(), pytest.raises(InputError) as caught:
        retain(keeper.school.open(), "t", asked, proofs)
    assert caught.value.code == code
    assert keeper.lies_there(*COPIES) == there
    assert keeper.school.entries("retained") == []


def test_two_people_approve_one_by_one_and_nothing_goes_before_the_second(keeper: Keeper) -> None:
    keeper.school.as_of = TWO_YEARS
    copies, plan = keeper.lies_there(*COPIES), keeper.plan()

    def call(who: int, digest: str = plan.digest) -> Retained:
        proof = keeper.proofs()[who]
        keeper.school.phone.now = keeper.second.now
        with keeper.school.phone.is_the_time():
            return retain(keeper.school.open(), "t", digest, [proof])

    done = call(0)
    assert (done.waits, done.total) == (True, 0)
    assert approved_by(keeper.school.open(), plan.digest) == {"mlopez"}
    assert keeper.plan().digest == plan.digest, "an approval changes no list"
    with pytest.raises(Refused, match="two different people"):
        call(0)
    with pytest.raises(Refused, match="not what that list says"):
        call(1, "0" * 64)
    assert keeper.lies_there(*COPIES) == copies
    done = call(1)
    assert (done.waits, done.counts) == (False, {"store": len(copies)})
    assert keeper.lies_there(*COPIES) == []
    assert {e.actor for e in keeper.school.entries("retained")} == {"jkim"}
    assert [e.actor for e in keeper.school.entries("approved") if e.reason == "retention"] == ["mlopez", "jkim"]
    assert approved_by(keeper.school.open(), plan.digest) == frozenset(), "it is used up"
    keeper.assert_log_holds()


def test_the_list_on_paper_has_what_the_digest_stands_for_and_names_nobody(keeper: Keeper) -> None:
    keeper.school.as_of = NINE_YEARS
    home, plan = keeper.school.open(), keeper.plan()
    paper = paper_of_due(home.settings, home.retention, plan, home.today)
    assert paper == paper_of_due(home.settings, home.retention, plan, home.today)
    assert_accessible(paper)
    text = "".join(read_pdf(paper).split())
    assert plan.digest in text
    assert all("".join(one.name.split()) in text for one in plan.due)
    assert not any(word in text for word in (LISA, FANNIE, KYLE, MOTHER, FATHER, OTHER, "Lisa"))


def test_killed_at_any_write_a_rerun_finishes_without_asking_anybody_again(keeper: Keeper) -> None:
    keep_results_briefly(keeper.school.home)
    keeper.school.as_of = TWO_YEARS
    keeper.retain_killed_after_log()
    steps = [
        (FileStore, "delete", 1), (FileStore, "delete", 3), (retaining, "delete_rows", 1),
        (retaining, "forget_snapshots", 1), (retaining, "sweep_files", 1), (retaining, "publish_views", 1),
        (retaining, "scrub_catalogue", 1),
    ]  # fmt: skip
    for owner, name, nth in steps:
        calls, real = count(1), getattr(owner, name)

        def dies(*args: object, real: object = real, calls: object = calls, nth: int = nth, **kwargs: object) -> object:
            answer = real(*args, **kwargs)  # type: ignore[operator]
            if next(calls) >= nth:  # type: ignore[call-overload]
                raise Killed
            return answer

        with patch.object(owner, name, dies), suppress(Killed):
            finish(keeper.school.open(), "t")
    finish(keeper.school.open(), "t")
    assert keeper.lies_there(*COPIES) == []
    assert rows(keeper, "core_result") == 0
    assert keeper.plan().due == ()
    assert finish(keeper.school.open(), "t").total == 0
    keeper.assert_log_holds()


def test_a_row_that_came_back_is_seen_and_deleted_again(keeper: Keeper) -> None:
    """DuckLake lost a committed delete where snapshots expired around it: its issues 1472 and 1094."""
    keep_results_briefly(keeper.school.home)
    keeper.school.as_of = datetime(2022, 12, 19, 14, tzinfo=UTC)
    there = rows(keeper, "core_result")
    with patch.object(retaining, "delete_rows", lambda *_: 0), pytest.raises(RetryableError, match="still"):
        keeper.retain()
    assert rows(keeper, "core_result") == there
    assert finish(keeper.school.open(), "t").counts == {"tables": there}
    assert rows(keeper, "core_result") == 0


def test_a_column_may_have_a_shorter_time_than_its_table(keeper: Keeper) -> None:
    text = (STARTER / "retention.toml").read_text()
    line = (
        '\n[[line]]\nname = "titles"\ntables = ["core_class.title"]\nfor = "1 year"\nfrom = "made"\nthen = "delete"\n'
    )
    (keeper.school.home / "retention.toml").write_text(text + line + 'source = "a test"\n')
    keeper.school.as_of = datetime(2022, 12, 19, 14, tzinfo=UTC)
    classes = rows(keeper, "core_class")
    assert keeper.plan().counts() == [("titles", "tables", classes)]
    keeper.retain()
    with open_lake(keeper.school.open().lake) as lake:
        assert lake.execute("SELECT DISTINCT title FROM lake.core_class").fetchall() == [("",)]
    assert rows(keeper, "core_class") == classes
    assert keeper.plan().due == ()


def test_words_of_a_question_go_a_year_after_it_was_closed(keeper: Keeper) -> None:
    home, lisa = keeper.school.open(), keeper.school.ref(LISA)
    key = "notes/q0123456789ab/query.sealed"
    home.store.put(key, home.people.seal(lisa, json.dumps({"text": "x"}).encode()))
    asked = Entry(kind="query_received", student=lisa, query="q0123456789ab", object=key, reason="question",
                  via="phone", digest=home.people.digest(lisa, home.store.get(key)))  # fmt: skip
    home.log.append("t", [asked])
    keeper.school.as_of = datetime(2023, 6, 1, 14, tzinfo=UTC)
    assert keeper.plan().due == (), "it is open"
    close = Entry(kind="query_changed", actor="mlopez", query="q0123456789ab", reason="closed", cause="settled")
    keeper.school.open().log.append("t", [close])
    keeper.school.as_of = datetime(2024, 6, 1, 14, tzinfo=UTC)
    assert [one.name for one in keeper.plan().due if one.line == "questions"] == []
    keeper.school.as_of = datetime(2024, 6, 2, 14, tzinfo=UTC)
    assert [one.name for one in keeper.plan().due if one.line == "questions"] == [key]
    keeper.retain()
    assert keeper.lies_there("notes/") == []
    keeper.assert_log_holds()


def test_by_night_only_what_nobody_need_approve_goes(keeper: Keeper, tmp_path: Path) -> None:
    left = keeper.school.home / "backups" / "before-migrate-20211217T140000000000"
    left.mkdir(parents=True)
    (left / "people.sqlite").write_bytes(b"x")
    keeper.school.as_of = NINE_YEARS
    gone = keeper.school.keep_records(full=True)
    assert gone == {"store": 2, "files": 1, "landing": 1}
    assert not left.exists()
    assert len(keeper.lies_there("reports/")) == 14
    assert keeper.lies_there("landing/", "quarantine/", "outgoing/") == []
    assert rows(keeper, "core_result") > 0
    assert keeper.school.keep_records() == {}
    keeper.assert_log_holds()


def test_a_page_with_a_gap_lets_nothing_go(keeper: Keeper) -> None:
    text = (STARTER / "retention.toml").read_text().replace('"out_rank",', "").replace(', "out_rank"', "")
    (keeper.school.home / "retention.toml").write_text(text)
    keeper.school.as_of = NINE_YEARS
    with pytest.raises(InputError, match="out_rank"):
        keeper.plan()
    with pytest.raises(InputError, match="out_rank"):
        keeper.school.keep_records()


def test_landing_stays_while_somebodys_records_are_held(keeper: Keeper) -> None:
    home = keeper.school.open()
    home.log.append("t", [Entry(kind="records_held", student=keeper.school.ref(KYLE), reason="set", cause="audit")])
    keeper.school.as_of = TWO_YEARS
    keeper.school.keep_records()
    assert keeper.lies_there("landing/") != []


@pytest.mark.needs("radosgw")
def test_on_s3_every_version_goes_and_what_is_locked_is_named(
    keeper: Keeper, s3: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_to_s3(keeper.school, s3, monkeypatch)
    store = keeper.school.open().store.raw
    assert isinstance(store, S3Store)
    first, second = keeper.lies_there("sealed/")[:2]
    store.put(first, b"an older version, and a newer one")
    client, bucket = store.client, store.bucket
    client.delete_object(Bucket=bucket, Key=f"district/{first}")  # a mark, as somebody's console leaves it
    store.put(first, b"there again")
    until = datetime.now(UTC) + timedelta(days=1)
    client.put_object_retention(Bucket=bucket, Key=f"district/{second}",
                                Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until})  # fmt: skip
    copies = keeper.lies_there(*COPIES)
    keeper.school.as_of = TWO_YEARS
    plan = keeper.plan()
    assert [one.name for one in plan.locked] == [second]
    assert {one.name for one in plan.due} == {*copies} - {second}
    keeper.retain()
    listed: dict[str, Any] = {**client.list_object_versions(Bucket=bucket, Prefix="district/")}
    found = [row["Key"] for part in ("Versions", "DeleteMarkers") for row in listed.get(part, [])]
    assert {key for key in found if key.startswith(("district/sealed/", "district/print/"))} == {f"district/{second}"}


@pytest.mark.soak
@pytest.mark.needs("radosgw")
def test_on_s3_no_version_of_a_file_with_old_rows_is_left(
    keeper: Keeper, s3: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_results_briefly(keeper.school.home)
    data = keeper.school.home / "vault" / "lake"
    move_to_s3(keeper.school, s3, monkeypatch)
    shutil.rmtree(data)  # it is read from there
    keeper.school.as_of = datetime(2022, 12, 19, 14, tzinfo=UTC)
    there = rows(keeper, "core_result")
    assert keeper.retain().counts == {"tables": there}
    store = keeper.school.open().store.raw
    assert isinstance(store, S3Store)
    listed = store.client.list_object_versions(Bucket=store.bucket, Prefix="district/lake/main/core_result/")
    assert listed.get("Versions", []) == listed.get("DeleteMarkers", []) == []
    assert rows(keeper, "core_result") == 0
