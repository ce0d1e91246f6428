"""What the Prefect server keeps of this home's runs: counts and states, and for no longer than the policy says."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from termpost.schemas.base.errors import RetryableError
from termpost.schemas.retention.policy import LONGEST, RetentionLine, RetentionPolicy
from termpost.tasks.records.retention.due import DueRecord

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

FLOWS: Final = (
    "prepare-reports", "check-source", "release-reports", "handle-feedback", "keep-records", "watch-deadlines",
    "review-policy", "backfill-history",
)  # fmt: skip
RUNS: Final = "flow runs"  # with their task runs, logs and artifacts, which the server deletes, or we do
PAGE: Final = 200


def has_server() -> bool:
    """Whether a server of the school's is configured. One that a command started for itself ends with the command."""
    from prefect.settings import get_current_settings  # noqa: PLC0415 - Prefect is slow to import

    return bool(get_current_settings().api.url)


def due_runs(policy: RetentionPolicy, home: str, today: date, zone: tzinfo) -> list[DueRecord]:
    """One record for all runs of this home that ended too long ago; nothing where there is no server."""
    line = policy.of("prefect", RUNS)
    if line is None or line.then != "delete" or not has_server():
        return []
    before = _last_due(policy, line, today)
    until = datetime.combine(before + timedelta(days=1), time(), zone).astimezone(UTC)
    number = sum(1 for _ in _runs(home, until))
    if not number:
        return []
    return [DueRecord(line.name, "prefect", RUNS, RUNS, before, policy.last_day(line, before), number, until)]


def _last_due(policy: RetentionPolicy, line: RetentionLine, today: date) -> date:
    """The latest day whose runs are due; the time of a line grows with the day it began on."""
    days = range(LONGEST * 366)
    return next(day for day in (today - timedelta(days=n) for n in days) if policy.last_day(line, day) < today)


def delete_runs(home: str, until: datetime) -> int:
    """Deletes what of this home ended before an instant: artifacts, then the runs with their task runs and logs."""
    from prefect.client.schemas.filters import (  # noqa: PLC0415 - as above
        ArtifactFilter,
        ArtifactFilterFlowRunId,
    )

    if not has_server():
        return 0
    number = 0
    with _client() as client:
        for run in list(_runs(home, until, client)):
            about = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run]))
            for artifact in client.read_artifacts(artifact_filter=about):
                client.delete_artifact(artifact.id)
            client.delete_flow_run(run)
            number += 1
    return number


def _client() -> Any:
    from prefect.client.orchestration import get_client  # noqa: PLC0415 - as above

    return get_client(sync_client=True)


def _runs(home: str, until: datetime, client: "SyncPrefectClient | None" = None) -> Iterator[Any]:
    """Ids of this home's runs that ended before, however they ended."""
    from prefect.client.schemas.filters import (  # noqa: PLC0415 - as above
        FlowFilter,
        FlowFilterName,
        FlowRunFilter,
        FlowRunFilterEndTime,
    )

    if client is None:
        with _client() as opened:
            yield from _runs(home, until, opened)
        return
    if client.api_healthcheck():
        raise RetryableError("the Prefect server does not answer")
    flows = FlowFilter(name=FlowFilterName(any_=list(FLOWS)))
    ended = FlowRunFilter(end_time=FlowRunFilterEndTime(before_=until))
    found: list[Any] = []
    while page := client.read_flow_runs(flow_filter=flows, flow_run_filter=ended, limit=PAGE, offset=len(found)):
        found += page
    yield from (run.id for run in found if str(run.parameters.get("home", "")) == home)
