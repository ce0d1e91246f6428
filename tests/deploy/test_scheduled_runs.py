"""What `make ui` starts: a date of the calendar becomes a run, and a run that is due is carried out by the worker."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.client.schemas.objects import FlowRun, State
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Scheduled

from tests.portal_server import listening
from tests.school import CYCLE, Prepared, new_school, small_extract

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
PATIENCE = 240.0  # seconds; Prefect's server takes ten to start on an idle machine
QUICK = {
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "1",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
}
CALENDAR = """
timezone = "UTC"
country = "US"

[[cycle]]
id = "{cycle}"
kind = "final"
session = "2021-fall"
cutoff = "{cutoff}"
release = "{release}"
"""


def planned(home: Path) -> None:
    """A cycle that is cut off today: its run is due on the next office day, so never while the test lasts."""
    today = datetime.now(UTC).date()
    (home / "calendar.toml").write_text(
        CALENDAR.format(cycle=CYCLE, cutoff=today, release=today + timedelta(days=14)), encoding="utf-8"
    )


@pytest.fixture
def school(tmp_path: Path) -> Prepared:
    made, extract = new_school(tmp_path / "home"), small_extract(tmp_path / "extract")
    planned(made.home)
    return Prepared(made.home, made.phone, datetime.now(UTC), extract=extract)


@contextmanager
def server_and_worker(school: Prepared, said: Path) -> Iterator[SyncPrefectClient]:
    with listening() as at:
        port = at.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "TERMPOST_"))}
    environment |= QUICK | {"PORT": str(port), "BIN": str(Path(sys.executable).parent)}
    command = ["bash", str(ROOT / "deploy" / "ui.sh"), str(school.home), str(school.extract.folder)]
    with (
        said.open("w") as out,
        subprocess.Popen(command, env=environment, stdout=out, stderr=out) as running,
        temporary_settings(updates={PREFECT_API_URL: f"http://127.0.0.1:{port}/api"}),
    ):
        try:
            until(lambda: "Prefect UI:" in said.read_text() or running.poll() is not None)
            assert running.poll() is None, said.read_text()
            with get_client(sync_client=True) as client:
                yield client
        finally:
            running.terminate()


def until(asked: Callable[[], T | None]) -> T:
    """The first answer that is something."""
    end = time.monotonic() + PATIENCE
    while not (answer := asked()) and time.monotonic() < end:
        time.sleep(0.1)
    assert answer, "nothing came in time"
    return answer


def prepare_runs(client: SyncPrefectClient) -> list[FlowRun]:
    return client.read_flow_runs(deployment_filter=DeploymentFilter(name=DeploymentFilterName(like_="-prepare")))


def final_state(client: SyncPrefectClient, run: FlowRun) -> State | None:
    state = client.read_flow_run(run.id).state
    return state if state and state.is_final() else None


@pytest.mark.needs("curl")
def test_a_date_of_the_calendar_becomes_a_run_which_the_worker_carries_out_when_it_is_due(
    school: Prepared, tmp_path: Path
) -> None:
    calendar = school.open().calendar
    date = calendar.opening_instant(calendar.add_office_days(calendar.cycle(CYCLE).cutoff, 1))
    said = tmp_path / "ui.txt"
    with server_and_worker(school, said) as client:
        (run,) = until(lambda: prepare_runs(client))
        assert run.state
        assert run.state.type.value == "SCHEDULED"
        assert run.auto_scheduled
        assert run.expected_start_time == date
        assert run.parameters["cycle_id"] == CYCLE
        client.set_flow_run_state(run.id, Scheduled(scheduled_time=datetime.now(UTC)))  # its day has come
        ended = until(lambda: final_state(client, run))
        until(lambda: f"{CYCLE}' - Finished" in said.read_text())  # a run that loses its server outlives it
    assert ended.type.value == "COMPLETED", said.read_text()
    assert len({entry.student for entry in school.entries("report_made")}) == 3
