"""Law 1 under random damage: rows in = accepted + quarantined, whatever is done to the cells."""

import random
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from termpost.tasks.check.accept import accept

BROKEN = [
    "",
    " ",
    "NaN",
    "-5",
    "1e5",
    "1/05/2023",
    "TRUE",
    "nobody",
    "604822",
    'ü\n,"',
    "9" * 20,
    "2021-02-30",
    "student",
]


QUIET = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAMAGE = {"seed": st.integers(0, 2**32), "share": st.sampled_from([0.0005, 0.01, 0.3]), "torn": st.booleans()}


@settings(QUIET, max_examples=2)  # each is a check of a whole school
@given(**DAMAGE)
def test_rows_always_balance_and_what_is_accepted_can_be_read(
    seed: int, share: float, torn: bool, bundle: Any, tmp_path: Path
) -> None:
    assert_balanced(seed, share, torn, bundle, tmp_path)


@pytest.mark.soak
@settings(QUIET, max_examples=100)
@given(**DAMAGE)
def test_rows_balance_in_many_more_cases(seed: int, share: float, torn: bool, bundle: Any, tmp_path: Path) -> None:
    assert_balanced(seed, share, torn, bundle, tmp_path)


def assert_balanced(seed: int, share: float, torn: bool, bundle: Any, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - damage, not a key
    shutil.rmtree(tmp_path / "copy", ignore_errors=True)
    shutil.copytree(bundle.folder, tmp_path / "copy")
    copy = type(bundle)(tmp_path / "copy")
    expected = {}
    for name in copy.sources():
        header, *rows = copy.read(name)
        if name != "manifest.csv":
            rows = [[chance.choice(BROKEN) if chance.random() < share else c for c in row] for row in rows]
            if torn:
                rows = [row[: chance.randrange(2, len(row))] if chance.random() < share else row for row in rows]
        copy.write(name, [header, *rows])
        expected[name] = len(rows)
    findings = copy.check()  # asserts the law for each file
    assert {f.name: f.rows for f in findings.files} == expected
    assert findings.outcome != "rejected"
    with duckdb.connect() as con:
        accept(con, copy.sources(), findings.rejected)
        for file in findings.files:
            stem = file.name.removesuffix(".csv").replace("/", "_")
            name = "".join("_" + c.lower() if c.isupper() else c for c in stem)
            assert len(con.execute(f"SELECT * FROM accepted_{name}").fetchall()) == file.accepted
