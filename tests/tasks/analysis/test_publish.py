"""The analysts' publication: one step makes it visible, the same content is the same bytes, nothing new is nothing."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.refs import CycleId
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.schemas.documents.publication import CURRENT
from termpost.schemas.log.entry import Entry
from termpost.tasks.analysis.publish import publish_views, read_current
from termpost.tasks.analysis.view_catalog import views
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.record.released import keep_releases
from termpost.tasks.stage.manifests import keep_manifest
from termpost.tasks.store.file.store import FileStore

from tests.tasks.analysis.made_history import MadeHistory, day
from tests.tasks.gradebook import new_home

MID = date(2021, 10, 15)


@pytest.fixture
def made(tmp_path: Path) -> MadeHistory:
    made = MadeHistory(new_home(tmp_path / "home", day(10, 16), TERMPOST_PRIVACY__SMALL_CELL="2"))
    made.extract("one", day(10, 16), {f"s-{n}": (2008, "09") for n in range(1, 4)})
    made.summaries("mid", MID, "one", day(10, 16), {f"s-{n}": {"alg": f"{n}0"} for n in range(1, 4)})
    return made


def later(made: MadeHistory, month: int, number: int) -> Home:
    return replace(made.home, clock=FixedClock(day(month, number)))


def objects(home: Home) -> dict[str, str]:
    return {key: hashlib.sha256(home.store.get(key)).hexdigest() for key in home.store.list("analyst/")}


def newer(made: MadeHistory, percent: str) -> None:
    at = day(11, int(percent))
    made.extract(percent, at, {"s-1": (2008, "09")})
    made.summaries("mid", MID, percent, at, {"s-1": {"alg": percent}})


def test_current_names_every_view_with_its_rows_and_its_sum(made: MadeHistory) -> None:
    name = publish_views(made.home)
    said = json.loads(made.home.store.get(CURRENT))
    assert (said["publication"], said["as_of"], said["previous"]) == (name, "2021-10-16T14:00:00Z", None)
    assert [file["view"] for file in said["files"]] == [view.name for view in views()]
    for file in said["files"]:
        assert file["object"] == f"analyst/{name}/{file['view']}.parquet"
        assert hashlib.sha256(made.home.store.get(file["object"])).hexdigest() == file["sha256"]
        read = duckdb.sql(f"FROM read_parquet('{made.home.store.url(file['object'])}')")
        assert len(read.fetchall()) == file["rows"]
        assert read.columns == [column for column, _ in next(v for v in views() if v.name == file["view"]).columns]
    assert {file["view"]: file["rows"] for file in said["files"]} == {
        "attendance": 3, "concern": 0, "course_grade": 3, "course_trend": 0, "cycle": 0, "extract_check": 0,
        "school_cycle": 1,
        "section_cycle": 1, "standard": 0, "student": 3, "student_cycle": 3,
    }  # fmt: skip


def test_nothing_new_publishes_nothing_on_whatever_day(made: MadeHistory) -> None:
    name = publish_views(made.home)
    before = objects(made.home)
    assert publish_views(later(made, 12, 1)) == name
    assert objects(made.home) == before


def test_the_same_content_is_the_same_bytes_whatever_the_order_of_the_lake(made: MadeHistory) -> None:
    name = publish_views(made.home)
    before = objects(made.home)
    with open_lake(made.home.lake) as lake:
        lake.execute("CREATE TEMP TABLE kept AS FROM lake.out_course_summary")
        lake.execute("DELETE FROM lake.out_course_summary")
        lake.execute("INSERT INTO lake.out_course_summary FROM kept ORDER BY final_percent DESC")
    for key in before:
        made.home.store.delete(key)
    assert publish_views(made.home) == name
    assert objects(made.home) == before


def test_the_publication_before_stays_until_the_next(made: MadeHistory) -> None:
    names = [publish_views(made.home)]
    for percent in ("11", "12"):
        newer(made, percent)
        names.append(publish_views(later(made, 12, 1)))
        current = read_current(made.home)
        assert current
        assert (current.publication, current.previous) == (names[-1], names[-2])
        assert {key.split("/")[1] for key in objects(made.home)} == {*names[-2:], "current.json"}


def test_a_publication_never_goes_back_in_time(made: MadeHistory) -> None:
    newer(made, "11")
    name = publish_views(later(made, 12, 1))
    assert publish_views(later(made, 10, 17)) == name


def test_killed_before_any_step_a_reader_has_the_old_one_whole_and_a_rerun_finishes(made: MadeHistory) -> None:
    old = publish_views(made.home)
    newer(made, "11")
    home, real = later(made, 12, 1), FileStore.put
    for step in (0, 1, len(views())):  # before the first file, within, before what names them
        left = iter(range(step))

        def put(self: FileStore, key: str, data: bytes, **options: bool) -> object:
            if next(left, None) is None:  # noqa: B023 - used within this turn of the loop
                raise KeyboardInterrupt
            return real(self, key, data, **options)

        with patch.object(FileStore, "put", put), pytest.raises(KeyboardInterrupt):
            publish_views(home)
        current = read_current(home)
        assert current
        assert current.publication == old
        assert all(hashlib.sha256(home.store.get(file.object)).hexdigest() == file.sha256 for file in current.files)
    new = publish_views(home)
    assert {key.split("/")[1] for key in objects(home)} == {old, new, "current.json"}


def test_no_folder_is_left_in_the_home_and_one_that_a_killed_run_left_goes(made: MadeHistory) -> None:
    (made.home.path / "publishing-left").mkdir()
    publish_views(made.home)
    assert list(made.home.path.glob("publishing-*")) == []


def prepared(made: MadeHistory, extract: str, students: list[str]) -> None:
    reports = tuple(
        PreparedReport(report=f"r-{s}", version=1, student=made.ref(s), own_language="en", renditions=())
        for s in students
    )
    school = PreparedSchool(cycle="mid", school="s", extract_id=extract, policy="policy", cutoff=MID, reports=reports,
                            holds=())  # fmt: skip
    keep_manifest(made.home, "made", school)


def kept(made: MadeHistory) -> dict[str, tuple[object, ...]]:
    with open_lake(made.home.lake) as lake:
        rows = lake.execute(
            "SELECT person_ref, extract_id, policy, cutoff_date, known_at FROM lake.out_release"
        ).fetchall()
    names = {ref: student for student, ref in made.refs.items()}
    assert len({row[0] for row in rows}) == len(rows)
    return {names[ref]: tuple(rest) for ref, *rest in rows}


def released(made: MadeHistory, home: Home, student: str) -> None:
    home.log.append("run", [
        Entry(kind="report_made", cycle="mid", report=f"r-{student}", version=1, student=made.ref(student)),
        Entry(kind="released", cycle="mid", report=f"r-{student}", version=1, student=made.ref(student)),
    ])  # fmt: skip


def test_a_release_is_kept_once_with_what_it_rests_on_and_when_the_log_knew_it(made: MadeHistory) -> None:
    cycle = CycleId("mid")
    assert keep_releases(made.home, cycle) == 0
    prepared(made, "one", ["s-1", "s-2"])
    assert keep_releases(made.home, cycle) == 0  # nobody is released
    released(made, made.home, "s-1")
    # killed here; the next flow catches up, on another day
    assert keep_releases(later(made, 11, 1), cycle) == 1
    assert keep_releases(later(made, 11, 2), cycle) == 0
    assert kept(made) == {"s-1": ("one", "policy", MID, day(10, 16))}
    prepared(made, "two", ["s-1", "s-2"])  # s-1 is frozen and stays in the manifest
    home = later(made, 11, 3)
    released(made, home, "s-2")
    assert keep_releases(home, cycle) == 1
    assert kept(made) == {
        "s-1": ("one", "policy", MID, day(10, 16)), "s-2": ("two", "policy", MID, day(11, 3)),
    }  # fmt: skip
