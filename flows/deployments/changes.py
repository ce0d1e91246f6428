"""What is on the server, beside what a home wants there: the changes between the two, and no others.

Ours are a deployment's flow, description, parameters `home` and `extract`, form, our tags, and the schedules whose
slugs are ours. Everything else is the admin's and stays: what is paused, limits, further tags, job variables, other
parameters.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from termpost.flows.deployments.dates import PlannedRuns
from termpost.flows.deployments.wanted import ENVIRONMENT, Placed, WantedDeployment

if TYPE_CHECKING:
    from prefect.client.schemas.responses import DeploymentResponse

Act = Literal["create", "update", "remove", "add-schedule", "change-schedule", "remove-schedule", "add-automation"]


@dataclass(frozen=True)
class ServerChange:
    """One thing that a deploy does. `before` and `after` are for people."""

    deployment: str  # flow/name
    act: Act
    what: str
    before: str = ""
    after: str = ""
    update: Mapping[str, Any] | None = None  # fields of the deployment
    runs: PlannedRuns | None = None
    server_id: Any = None  # of the schedule, or of the deployment that goes

    def as_json(self) -> dict[str, str]:
        return {"deployment": self.deployment, "act": self.act, "what": self.what, "before": self.before,
                "after": self.after}  # fmt: skip


def changes_of(
    one: WantedDeployment, placed: Placed, form: Mapping[str, Any], found: "DeploymentResponse | None"
) -> Iterator[ServerChange]:
    """From what the server has of it, None where it has nothing."""
    name = f"{one.flow}/{one.name(placed)}"
    if found is None:
        yield ServerChange(name, "create", "deployment", after=_dated(len(one.runs)))
        return
    yield from _fields(name, one, placed, form, found)
    yield from _schedules(name, one, found)


def _dated(number: int) -> str:
    return {0: "no schedule", 1: "1 schedule"}.get(number, f"{number} schedules")


def _fields(
    name: str, one: WantedDeployment, placed: Placed, form: Mapping[str, Any], found: "DeploymentResponse"
) -> Iterator[ServerChange]:
    def change(what: str, before: object, after: object, **update: Any) -> ServerChange:
        return ServerChange(name, "update", what, str(before), str(after), update)

    for key, value in one.parameters.items():
        if found.parameters.get(key) != value:
            both = found.parameters | one.parameters
            yield change(f"parameter {key}", found.parameters.get(key, ""), value, parameters=both)
    if found.entrypoint != one.entrypoint:
        yield change("entrypoint", found.entrypoint, one.entrypoint, entrypoint=one.entrypoint)
    if found.description != one.description:
        yield change("description", found.description or "", one.description, description=one.description)
    if found.parameter_openapi_schema != form:
        yield change("form", "", "as the calendar and this version have it", parameter_openapi_schema=dict(form))
    if missing := [tag for tag in placed.all_tags if tag not in found.tags]:
        yield change("tags", ", ".join(found.tags), ", ".join([*found.tags, *missing]), tags=[*found.tags, *missing])
    pool = placed.pool or found.work_pool_name
    if found.work_pool_name != pool:
        yield change("work pool", found.work_pool_name or "", pool, work_pool_name=pool, work_queue_name=placed.name)
    kept = found.job_variables or {}
    variables = job_variables(placed, kept)
    if variables != kept:
        yield change("job variables", _named(kept), _named(variables), job_variables=variables)


def job_variables(placed: Placed, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for over what is there, over what ours need."""
    asked = dict(placed.job_variables)
    env = {**ENVIRONMENT, **(kept.get("env") or {}), **asked.pop("env", {})}
    return {**kept, **asked, "env": env}


def _named(variables: Mapping[str, Any]) -> str:
    """Names alone: a value may be a secret."""
    env = variables.get("env") or {}
    return ", ".join(sorted([*(key for key in variables if key != "env"), *(f"env.{key}" for key in env)]))


def _schedules(name: str, one: WantedDeployment, found: "DeploymentResponse") -> Iterator[ServerChange]:
    """By slug. What an admin made in the UI has none of ours, and stays."""
    kept = {schedule.slug: schedule for schedule in found.schedules if schedule.slug}
    for runs in one.runs:
        schedule = kept.pop(runs.slug, None)
        if schedule is None:
            yield ServerChange(name, "add-schedule", runs.slug, after=_rule(runs), runs=runs)
        elif not _is_the_same(runs, schedule):
            yield ServerChange(name, "change-schedule", runs.slug, _rule_of(schedule), _rule(runs), runs=runs,
                               server_id=schedule.id)  # fmt: skip
    for slug, schedule in kept.items():
        if slug in {runs.slug for runs in one.over}:
            yield ServerChange(name, "remove-schedule", str(slug), _rule_of(schedule), "its date has passed",
                               server_id=schedule.id)  # fmt: skip
        elif "cycle_id" in schedule.parameters or _is_made_by_us(str(slug)):
            yield ServerChange(name, "remove-schedule", str(slug), _rule_of(schedule), "not in the calendar",
                               server_id=schedule.id)  # fmt: skip


def _is_made_by_us(slug: str) -> bool:
    """Schedules that no cycle has."""
    return slug in ("each-quarter", "each-night") or slug.startswith("office-days-")


def _rule(runs: PlannedRuns) -> str:
    return f"{' '.join(runs.rrule.split())} {runs.timezone}"


def _rule_of(schedule: Any) -> str:
    """Without the day that the server gives a rule which has none."""
    rule = getattr(schedule.schedule, "rrule", None)
    rule = rule and rule.removeprefix("DTSTART:20200101T000000\n")
    return f"{' '.join(rule.split())} {schedule.schedule.timezone}" if rule else type(schedule.schedule).__name__


def _is_the_same(runs: PlannedRuns, schedule: Any) -> bool:
    # whether it is active, and how many runs it may have, is the admin's; its parameters are lost when somebody pauses
    # it (Prefect 3.8: each update of a schedule empties what it does not name)
    return _rule_of(schedule) == _rule(runs) and runs.parameters.items() <= schedule.parameters.items()
