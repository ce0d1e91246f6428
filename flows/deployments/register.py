"""Brings a Prefect server to what a home wants there, and says what it changed."""

from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from termpost.flows.deployments.automations import missing_automations
from termpost.flows.deployments.changes import ServerChange, changes_of, job_variables
from termpost.flows.deployments.forms import form_of
from termpost.flows.deployments.wanted import POOL, Placed, WantedDeployment, wanted
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.deadlines.switch import begin_to_watch
from termpost.tasks.home.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.responses import DeploymentResponse


@dataclass(frozen=True)
class ServerPlan:
    """What a deploy would do.

    Args:
        forms: of each deployment, in their order.
        automations: those that the server does not have.
    """

    deployments: tuple[WantedDeployment, ...]
    placed: Placed
    forms: tuple[dict[str, Any], ...]
    changes: tuple[ServerChange, ...]
    automations: tuple[Any, ...] = ()

    @property
    def over(self) -> tuple[str, ...]:
        """Slugs of cycles whose dates have passed."""
        return tuple(dict.fromkeys(runs.slug for one in self.deployments for runs in one.over))


def plan_for(
    client: "SyncPrefectClient",
    home: Home,
    extract: str,
    placed: Placed,
    *,
    moved: bool = False,
    notify: str | None = None,
) -> ServerPlan:
    """Reads what the server has, and changes nothing.

    Args:
        moved: what another folder deployed under this name is this home's, which lies here now.
        notify: block that tells people of what goes wrong; None: nobody is told more than was before.

    Raises:
        Refused: `name-taken`, by the deployments of another home.
        InputError: a secret stands in the extract's address; `bad-name`; `no-block`.
    """
    deployments = wanted(home.calendar, str(home.path), extract, home.today)
    forms = tuple(
        form_of(_flow(one).parameters.model_dump(exclude_unset=True), home.calendar, str(home.path), home.is_rehearsal)
        for one in deployments
    )
    changes: list[ServerChange] = []
    for one, form in zip(deployments, forms, strict=True):
        found = _found(client, f"{one.flow}/{one.name(placed)}")
        if found is not None and not moved:
            _refuse_anothers(found, home, placed)
        changes += changes_of(one, placed, form, found)
        former = _found(client, f"{one.flow}/{one.what}")
        if former is not None and former.parameters.get("home") == str(home.path):
            changes.append(ServerChange(f"{one.flow}/{one.what}", "remove", "deployment", "a name of earlier versions",
                                        f"{one.flow}/{one.name(placed)}", server_id=former.id))  # fmt: skip
    automations = missing_automations(client, placed, notify)
    changes += [ServerChange(one.name, "add-automation", "automation", after=one.description) for one in automations]
    return ServerPlan(tuple(deployments), placed, forms, tuple(changes), tuple(automations))


def _refuse_anothers(found: "DeploymentResponse", home: Home, placed: Placed) -> None:
    other = found.parameters.get("home")
    if other not in (None, str(home.path)):
        raise Refused("name-taken", f"the home at {other} has deployments by the name {placed.name}", "Prefect server",
                      "give this one another with --name; or say --moved, where it is the same home")  # fmt: skip


def carry_out(client: "SyncPrefectClient", home: Home, plan: ServerPlan) -> None:
    """Makes the changes of a plan. One that was interrupted is finished by the next deploy."""
    from prefect.client.schemas.actions import WorkPoolCreate  # noqa: PLC0415 - Prefect is slow to import
    from prefect.exceptions import ObjectAlreadyExists  # noqa: PLC0415

    with suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=plan.placed.pool or POOL, type="process"))
    by_name = {f"{one.flow}/{one.name(plan.placed)}": (one, form)
               for one, form in zip(plan.deployments, plan.forms, strict=True)}  # fmt: skip
    for change in _together(plan.changes):
        if change.act == "create":
            _create(client, *by_name[change.deployment], plan.placed)
        elif change.act == "remove":
            client.delete_deployment(change.server_id)
        elif change.act == "add-automation":
            client.create_automation(next(one for one in plan.automations if one.name == change.deployment))
        else:
            found = _found(client, change.deployment)
            if found is not None:  # else somebody deleted it meanwhile, which the next deploy mends
                _change(client, found, change)
    begin_to_watch(home)


def _together(changes: Sequence[ServerChange]) -> list[ServerChange]:
    """The fields of a deployment in one update: the server holds parameters against the form that comes with them."""
    fields: dict[str, ServerChange] = {}
    others = []
    for one in changes:
        if one.act != "update":
            others.append(one)
            continue
        before = fields.get(one.deployment)
        fields[one.deployment] = replace(one, update={**((before and before.update) or {}), **(one.update or {})})
    return [*fields.values(), *others]


def _create(client: "SyncPrefectClient", one: WantedDeployment, form: dict[str, Any], placed: Placed) -> None:
    from prefect.client.schemas.objects import (  # noqa: PLC0415
        ConcurrencyLimitStrategy,
        ConcurrencyOptions,
    )

    client.create_deployment(
        flow_id=client.create_flow_from_name(one.flow), name=one.name(placed), entrypoint=one.entrypoint,
        description=one.description, parameters=one.parameters, tags=placed.all_tags,
        schedules=[_schedule(runs) for runs in one.runs], work_pool_name=placed.pool or POOL,
        work_queue_name=placed.name, parameter_openapi_schema=form, enforce_parameter_schema=True,
        concurrency_limit=1,  # the next one waits
        concurrency_options=ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
        job_variables=job_variables(placed, {}), path=".", pull_steps=[],
    )  # fmt: skip


def _schedule(runs: Any) -> Any:
    from prefect.client.schemas.actions import DeploymentScheduleCreate  # noqa: PLC0415

    return DeploymentScheduleCreate(schedule=_rule(runs), active=True, parameters=dict(runs.parameters), slug=runs.slug)


def _rule(runs: Any) -> Any:
    from prefect.client.schemas.schedules import RRuleSchedule  # noqa: PLC0415

    return RRuleSchedule(rrule=runs.rrule, timezone=runs.timezone)


def _change(client: "SyncPrefectClient", found: "DeploymentResponse", change: ServerChange) -> None:
    from prefect.client.schemas.actions import DeploymentUpdate  # noqa: PLC0415

    match change.act:
        case "update":
            client.update_deployment(found.id, DeploymentUpdate(**(change.update or {})))
        case "add-schedule":
            client.create_deployment_schedules(found.id, [_schedule(change.runs)])
        case "change-schedule":
            runs: Any = change.runs
            client.update_deployment_schedule(found.id, change.server_id, schedule=_rule(runs),
                                              parameters=dict(runs.parameters))  # fmt: skip
        case "remove-schedule":
            client.delete_deployment_schedule(found.id, change.server_id)


def _found(client: "SyncPrefectClient", name: str) -> "DeploymentResponse | None":
    from prefect.exceptions import ObjectNotFound  # noqa: PLC0415

    try:
        return client.read_deployment_by_name(name)
    except ObjectNotFound:
        return None


def _flow(one: WantedDeployment) -> Any:
    module, name = one.entrypoint.rsplit(".", 1)
    return getattr(import_module(module), name)


@contextmanager
def prefect_server() -> "Iterator[SyncPrefectClient]":
    """A client of the server that is configured, by the environment or a Prefect profile.

    Raises:
        InputError: `no-server`, where none is, or it does not answer; `server-refuses`.
    """
    from prefect.client.orchestration import get_client  # noqa: PLC0415 - Prefect is slow to import
    from prefect.exceptions import PrefectHTTPStatusError  # noqa: PLC0415
    from prefect.settings import get_current_settings  # noqa: PLC0415

    url = get_current_settings().api.url
    if not url:
        raise InputError("no-server", "no Prefect server is configured", "PREFECT_API_URL",
                         "start one (make ui), then set PREFECT_API_URL=http://127.0.0.1:4200/api")  # fmt: skip
    with get_client(sync_client=True) as client:
        if error := client.api_healthcheck():
            raise InputError("no-server", f"the Prefect server does not answer ({type(error).__name__})",
                             "PREFECT_API_URL", "start it, or correct the address")  # fmt: skip
        try:
            yield client
        except PrefectHTTPStatusError as error:
            raise _refusal(error.response) from None


def _refusal(response: Any) -> InputError:
    """What the server said of it, in one line."""
    code, remedy = response.status_code, "see the server's log"
    if code in (401, 403):
        return InputError("server-refuses", f"the Prefect server refuses this login ({code})", "PREFECT_API_URL",
                          "set PREFECT_API_AUTH_STRING or PREFECT_API_KEY, or use the right profile")  # fmt: skip
    try:
        said = str(response.json().get("detail", ""))
    except ValueError:
        said = ""
    first = " ".join(said.split())[:200]
    return InputError("server-refuses", f"the Prefect server refuses a change ({code}) {first}".strip(),
                      "Prefect server", remedy)  # fmt: skip


def register(home: Home, extract: str, placed: Placed, *, moved: bool = False, notify: str | None = None) -> ServerPlan:
    """Plans and carries out. Raises as both."""
    with prefect_server() as client:
        plan = plan_for(client, home, extract, placed, moved=moved, notify=notify)
        carry_out(client, home, plan)
    return plan


def deployed_names(plan: ServerPlan) -> Sequence[str]:
    return [f"{one.flow}/{one.name(plan.placed)}" for one in plan.deployments]
