"""What the Prefect server keeps of a home's runs goes after its time: runs, their task runs, logs and artifacts."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.logging import get_run_logger
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.testing.utilities import prefect_test_harness
from termpost.schemas.base.errors import RetryableError
from termpost.schemas.retention.load import load_retention
from termpost.schemas.settings.sections.privacy_settings import PrivacySettings
from termpost.tasks.records.retention.prefect_runs import delete_runs, due_runs, has_server

POLICY = load_retention(Path("nowhere"), PrivacySettings())
ZONE = ZoneInfo("America/Chicago")


@flow(name="keep-records")
def shows(home: str) -> None:
    """A run with a log and an artifact, as ours have."""
    get_run_logger().info("3 old records went")
    create_table_artifact(key="retention", table=[{"due": 3}])


@flow(name="somebody-elses")
def other(home: str) -> None:
    get_run_logger().info("not ours")


def test_runs_of_this_home_go_and_those_of_another_or_of_another_flow_stay() -> None:
    with prefect_test_harness(server_startup_timeout=300), get_client(sync_client=True) as client:
        for run, home in ((shows, "/homes/ours"), (shows, "/homes/theirs"), (other, "/homes/ours")):
            run(home)
        before = {run.id for run in client.read_flow_runs()}
        today = datetime.now(UTC).astimezone(ZONE).date()
        assert due_runs(POLICY, "/homes/ours", today + timedelta(days=90), ZONE) == []
        (due,) = due_runs(POLICY, "/homes/ours", today + timedelta(days=92), ZONE)
        assert (due.line, due.count) == ("runs", 1)
        assert due.until is not None
        assert delete_runs("/homes/ours", due.until) == 1
        left = {run.id for run in client.read_flow_runs()}
        assert len(left) == 2
        (gone,) = before - left
        about = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[gone]))
        assert client.read_artifacts(artifact_filter=about) == []
        assert delete_runs("/homes/ours", due.until) == 0


def test_without_a_server_nothing_is_due() -> None:
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert not has_server()
        assert due_runs(POLICY, "/homes/ours", date(2030, 1, 1), ZONE) == []
        assert delete_runs("/homes/ours", datetime(2030, 1, 1, tzinfo=UTC)) == 0


def test_a_server_that_is_away_is_one_line() -> None:
    away = temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"})
    with away, pytest.raises(RetryableError, match="answer"):
        due_runs(POLICY, "/homes/ours", date(2030, 1, 1), ZONE)
