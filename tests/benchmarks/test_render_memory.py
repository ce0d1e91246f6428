"""A worker that renders for hours keeps its memory."""

import json
import subprocess
import sys

import pytest

MOST = 300  # MB


@pytest.mark.parametrize("reports", [pytest.param(100_000, id="every", marks=pytest.mark.soak), 100])
def test_memory_stays_below_its_limit_and_does_not_grow_with_the_number_of_reports(reports: int) -> None:
    command = [sys.executable, "-m", "benchmarks.render.memory", str(reports)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert steps[-1]["reports"] == reports
    assert max(step["most"] for step in steps) < MOST
    if reports > 20_000:  # values that repeat are kept up to a limit, which is reached by then
        assert steps[-1]["now"] < 1.1 * steps[len(steps) // 5]["now"]
