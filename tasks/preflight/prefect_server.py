"""Whether the Prefect server does what a home relies on: it answers, is of our version, has a worker, and makes runs of
schedules. Reading schedules back shows nothing: a scheduler that breaks keeps them, and makes no run of any."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import RetryableError
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.prefect_address import SERVER, asking, server_address
from termpost.tasks.store.finding import Finding, found

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

OURS: Final = "termpost"  # tag of every deployment
SILENT: Final = timedelta(seconds=120)  # four heartbeats of a worker
AGAIN_AND_AGAIN: Final = ("COUNT=", "UNTIL=")  # what a rule without an end does not have


def audit_server(home: Home) -> Iterator[Finding]:
    """Nothing where no server is named: commands then bring their own."""
    url = server_address(home.environ)
    if not url:
        return
    try:
        with asking(url) as client:
            yield from _asked(client, str(home.path), home.clock.now())
    except RetryableError as error:
        yield _lacks("server", str(error), f"start it, or correct {SERVER}")


def _asked(client: "SyncPrefectClient", home: str, now: datetime) -> Iterator[Finding]:
    from prefect.client.schemas import filters  # noqa: PLC0415

    theirs, own = client.api_version(), version("prefect")
    yield found(
        "server", holds=_alike(theirs, own), good=f"the Prefect server answers, version {theirs}",
        bad=f"the Prefect server is version {theirs}, and this is {own}",
        remedy="install both from one requirements.lock", stops_runs=False,
    )  # fmt: skip
    tagged = filters.DeploymentFilter(tags=filters.DeploymentFilterTags(all_=[OURS]))
    ours = [one for one in client.read_deployments(deployment_filter=tagged) if one.parameters.get("home") == home]
    if not ours:
        yield Finding("deployments", "warns", "nothing of this home is deployed there", "termpost deploy",
                      stops_runs=False)  # fmt: skip
        return
    for pool in sorted({one.work_pool_name for one in ours if one.work_pool_name}):
        beats = [one.last_heartbeat_time for one in client.read_workers_for_work_pool(pool)]
        yield worker_finding(pool, [beat for beat in beats if beat is not None], now)
    regular = [one for one in ours if not one.paused and any(map(_goes_on, one.schedules))]
    if regular:
        wanted = filters.FlowRunFilter(
            deployment_id=filters.FlowRunFilterDeploymentId(any_=[one.id for one in regular]),
            expected_start_time=filters.FlowRunFilterExpectedStartTime(after_=now),
        )
        yield runs_finding(len(regular), len(client.read_flow_runs(flow_run_filter=wanted, limit=1)))


def worker_finding(pool: str, beats: list[datetime], now: datetime) -> Finding:
    """Whether a worker of the pool was heard of lately."""
    last = max(beats, default=None)
    bad = f"no worker has ever taken runs of the pool {pool}"
    if last is not None:
        bad = f"no worker of the pool {pool} was heard of since {last:%Y-%m-%d %H:%M} UTC"
    return found(
        "worker", holds=last is not None and now - last <= SILENT, good=f"a worker takes runs of the pool {pool}",
        bad=bad, remedy=f"prefect worker start --pool {pool}", stops_runs=False,
    )  # fmt: skip


def runs_finding(deployments: int, runs: int) -> Finding:
    """Whether schedules that go on for ever have become runs."""
    have = counted(deployments, "deployment has a schedule", "deployments have schedules")
    return found(
        "schedules",
        holds=runs > 0,
        good="schedules become runs",
        bad=f"{have} that go on for ever, and no run is planned",
        stops_runs=False,
        remedy="see the server's log; its scheduler breaks with SQLAlchemy 2.1, so install what requirements.lock says",
    )


def _alike(one: str, other: str) -> bool:
    """Of one minor version: within it, Prefect's client and server understand each other."""
    return one.split(".")[:2] == other.split(".")[:2]


def _goes_on(schedule: Any) -> bool:
    rule = str(getattr(schedule.schedule, "rrule", ""))
    return bool(schedule.active and rule and not any(end in rule for end in AGAIN_AND_AGAIN))


def _lacks(control: str, what: str, remedy: str) -> Finding:
    return Finding(control, "lacks", what, remedy, stops_runs=False)
