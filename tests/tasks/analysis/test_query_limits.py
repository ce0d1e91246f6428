"""One query takes so much time and memory and no more, and what it must put on disk lies in the home."""

import resource
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.sections.run_settings import SqlSettings
from termpost.tasks.analysis.history import History, open_history
from termpost.tasks.analysis.query import select
from termpost.tasks.lake.spill import SPILL, spill_folder

from tests.tasks.gradebook import Rooms, new_home

# more than any process id can be
NOBODY = str(2**22 + 1)
LATER = datetime(2100, 1, 1, tzinfo=UTC)  # everything that was ever known


@pytest.fixture(params=[3])
def lake(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    rooms = Rooms(new_home(tmp_path_factory.mktemp("limits") / "home"))
    with rooms.lake() as made:
        made.execute("INSERT INTO lake.core_org SELECT 'x', now(), '1', 'School', 'school', NULL")
    limits = SqlSettings(seconds=request.param, memory_mb=64)
    rooms.home.__dict__["settings"] = rooms.home.settings.model_copy(update={"sql": limits})
    with open_history(rooms.home, LATER) as history:
        yield history


def test_what_takes_too_much_is_one_line_and_the_next_query_runs(lake: History) -> None:
    asked = {
        "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t": "query-too-long",
        "SELECT sum(a.range + b.range) FROM range(100000000) a, range(100000) b": "query-too-long",
        "SELECT list(range) FROM range(400000000)": "answer-too-large",
        "SELECT repeat('x', 2000000000)": "answer-too-large",
        "SELECT range, range::VARCHAR FROM range(2000000)": "answer-too-large",
    }
    said = {}
    for query in asked:
        with pytest.raises(InputError) as caught:
            select(lake, query)
        assert "\n" not in str(caught.value)
        assert "[sql]" in (caught.value.remedy or "")
        said[query] = caught.value.code
        assert select(lake, "SELECT count(*) AS n FROM core_org") == (["n"], [(1,)])
    assert said == asked
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def test_bytes_that_are_no_text_are_one_line(lake: History) -> None:
    with pytest.raises(InputError) as caught:
        select(lake, "SELECT '\udcff'")
    assert caught.value.code == "bad-query"


@pytest.mark.parametrize("lake", [600], indirect=True)
def test_what_does_not_fit_is_put_into_the_home_and_goes_with_its_process(lake: History) -> None:
    root = lake.home.path / SPILL
    left = root / NOBODY
    left.mkdir()
    (left / "duckdb_temp_storage-0.tmp").write_bytes(b"x")
    own = spill_folder(root)
    assert not left.exists()
    (found,) = lake.connection.execute("SELECT current_setting('temp_directory')").fetchall()
    assert found == (str(own),)
    assert select(lake, "SELECT count(DISTINCT hash(range)) AS n FROM range(3000000)") == (["n"], [(3_000_000,)])
    assert root.stat().st_mode & 0o777 == 0o700


def test_without_a_home_nobody_knows_where_it_will_be_put() -> None:
    assert spill_folder() != spill_folder()
    assert not spill_folder().exists()
