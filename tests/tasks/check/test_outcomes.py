"""What checks found is kept as counts, once for each thing that was found, and without a name that a person gave."""

from datetime import timedelta
from pathlib import Path

import pytest
from termpost.schemas.documents.findings import FileCount, Findings, ProblemCount
from termpost.tasks.analysis.history import open_history
from termpost.tasks.analysis.query import select
from termpost.tasks.check.outcomes import keep_outcome, outcome_rows

from tests.tasks.gradebook import NOW, Rooms, new_home

PRIVATE = "Lisa Smith.csv"


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return Rooms(new_home(tmp_path / "home"))


def findings(problems: int = 3, form: str = "oneroster-csv", version: str = "1.1") -> Findings:
    """Of two files that were read, one that is missing and one that nobody knows."""
    return Findings(
        extract_id="x", extract_format=form, extract_version=version, outcome="accepted_with_holds", problems=(),
        files=(FileCount(name="results.csv", rows=9, accepted=7, quarantined=2),
               FileCount(name="users.csv", rows=5, accepted=5, quarantined=0)),
        counts=(ProblemCount(rule="number", severity="error", file="results.csv", count=problems),
                ProblemCount(rule="missing-file", severity="warning", file="demographics.csv", count=1),
                ProblemCount(rule="unknown-file", severity="warning", file=PRIVATE, count=1)),
        rejected=(), holds=(), held_students=(),
    )  # fmt: skip


def test_each_file_has_its_counts_its_rules_and_the_version_of_its_contract() -> None:
    rows = {row[0]: row for row in outcome_rows(findings())}
    assert set(rows) == {"demographics.csv", "other", "results.csv", "users.csv"}
    assert rows["results.csv"][2:] == (9, 7, 2, "number", "error", 3)
    assert rows["users.csv"][2:] == (5, 5, 0, None, None, 0)
    assert rows["demographics.csv"][2:] == (0, 0, 0, "missing-file", "warning", 1)
    assert rows["other"][1] is None
    assert all(row[1] for name, row in rows.items() if name != "other")


def test_of_many_files_of_one_dataset_the_contract_s_name_stands_once() -> None:
    made = Findings.model_validate(
        findings(form="canvas-gradebook", version="1").model_dump()
        | {"counts": (), "files": [FileCount(name=f"{n} Smith.csv", rows=2, accepted=1, quarantined=1) for n in "ab"]}
    )
    assert [row[:1] + row[2:] for row in outcome_rows(made)] == [("*.csv", 4, 2, 2, None, None, 0)]


def test_what_was_found_again_adds_nothing_and_what_is_new_is_kept_beside_it(rooms: Rooms) -> None:
    with rooms.lake() as lake:
        added = [keep_outcome(lake, findings(n), NOW + timedelta(days=day)) for day, n in enumerate((3, 3, 4, 3, 3))]
    assert added == [4, 0, 4, 4, 0]
    with open_history(rooms.home, NOW + timedelta(days=2)) as history:
        query = "SELECT known_at, problem_count FROM extract_check WHERE rule_code = 'number' ORDER BY 1"
        assert select(history, query)[1] == [(NOW, 3), (NOW + timedelta(days=2), 4)]
        assert PRIVATE not in str(select(history, "FROM out_check")[1])


def test_at_the_one_instant_of_a_rehearsal_nothing_is_kept_twice(rooms: Rooms) -> None:
    with rooms.lake() as lake:
        assert [keep_outcome(lake, findings(n), NOW) for n in (3, 4, 3, 4)] == [4, 4, 0, 0]
