"""A flow reads the files of an extract once: the load goes on with what the check has read, and loads the same."""

from pathlib import Path
from unittest.mock import patch

from termpost.tasks.check import accept as accept_module
from termpost.tasks.formats.read import read_raw

from tests.school import LISA, new_school, small_extract
from tests.tasks.gradebook import Rooms, new_home

MARKS = "SELECT line_item_id, score_status, score, score_date, is_late FROM lake.core_result ORDER BY ALL"


def test_what_the_check_read_is_loaded_and_it_is_what_the_files_say(tmp_path: Path) -> None:
    extract = small_extract(tmp_path / "extract")
    mark = next(row for row in extract.read("results.csv") if row["studentSourcedId"] == LISA)
    extract.change("results.csv", {"sourcedId": mark["sourcedId"]}, score="eighty")
    school = new_school(tmp_path / "home")
    with patch.object(accept_module, "read_raw", side_effect=AssertionError("a second time")):
        school.prepare(extract)
    read_again = Rooms(new_home(tmp_path / "other"))
    with patch.object(accept_module, "read_raw", wraps=read_raw) as read:
        read_again.take_in(extract.folder)
    assert read.call_count == 1
    once = Rooms(school.open())
    core = [table for table in read_again.tables() if table.startswith("core_")]
    counts, others = once.counts(), read_again.counts()
    assert {table: counts[table] for table in core} == {table: others[table] for table in core}
    assert counts["core_hold"] == 1
    assert once.rows(MARKS) == read_again.rows(MARKS)
