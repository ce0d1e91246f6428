"""What the server does by itself about the runs of a home: who is told, and that a run whose host died is over.

Made by `termpost deploy`, one of each name; what an admin changed on one (paused, another action) stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from termpost.flows.deployments.wanted import BEAT, Placed
from termpost.schemas.base.errors import InputError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

MISSED = 4  # beats; a run whose host died is over within three minutes
HEARTBEAT = "prefect.flow-run.heartbeat"
DIED = "No sign of life from its host. Start it again: it goes on where it was."
# of Prefect's own words alone: neither says anything about a person
OF_A_RUN = "{{ flow_run.name }} is {{ flow_run.state.name }}. {{ flow_run|ui_url }}"
OF_AN_EVENT = "{{ event.resource.name }}: {{ event.payload }}"


@dataclass(frozen=True)
class ToldEvent:
    """What somebody is told of.

    Args:
        event: as it is called on the server.
        about: `prefect.resource.id` of what it happens to.
    """

    what: str
    event: str
    about: str
    body: str
    remedy: str


RUN = "prefect.flow-run."
ENDED = frozenset(f"{RUN}{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed"))
TOLD = (
    ToldEvent("a run failed", f"{RUN}Failed", f"{RUN}*", OF_A_RUN, "Its artifact `what-to-do` says why."),
    ToldEvent("a run crashed", f"{RUN}Crashed", f"{RUN}*", OF_A_RUN,
              "Its worker or host ended. Start it again: it goes on where it was."),
    ToldEvent("a run is late", f"{RUN}Late", f"{RUN}*", OF_A_RUN, "No worker took it. Does one run for this pool?"),
    ToldEvent("a cycle waits for release", "termpost.cycle.waits", "termpost.cycle.*", OF_AN_EVENT,
              "Read its proof pack, then `termpost approve`."),
    ToldEvent("a deadline is missed", "termpost.deadline.overdue", "termpost.deadline.*", OF_AN_EVENT,
              "`termpost deadlines` shows it."),
    ToldEvent("the log does not hold", "termpost.log.broken", "termpost.log.*", OF_AN_EVENT,
              "`termpost log verify --full` says where; then read docs/log.md."),
    ToldEvent("records wait to be let go", "termpost.retention.waits", "termpost.retention.*", OF_AN_EVENT,
              "Two people do: `termpost records retain`."),
)  # fmt: skip


def wanted_automations(placed: Placed, block: UUID | None) -> Iterator[Any]:
    """As the server takes them. An event of a run carries the run's tags, and so those of its deployment.

    Args:
        block: of a notification; None: nobody is told, and only runs whose host died are ended.
    """
    from prefect.client.schemas.objects import StateType  # noqa: PLC0415 - Prefect is slow to import
    from prefect.events import AutomationCore, ChangeFlowRunState, EventTrigger, Posture, SendNotification  # noqa: PLC0415 - as above

    ours = {"prefect.resource.id": f"prefect.tag.{placed.name}", "prefect.resource.role": "tag"}
    yield AutomationCore(
        name=_name(placed, "a run whose host died is over"),
        description="Runs say each half minute that they live. One that does not is Crashed, and may be started again.",
        trigger=EventTrigger(
            match={"prefect.resource.id": f"{RUN}*"}, match_related=ours, after={HEARTBEAT}, expect={HEARTBEAT, *ENDED},
            for_each={"prefect.resource.id"}, posture=Posture.Proactive, threshold=1,
            within=timedelta(seconds=BEAT * MISSED),
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message=DIED)],
    )  # fmt: skip
    for one in TOLD if block else ():
        subject = f"termpost {placed.name}: {one.what}"
        yield AutomationCore(
            name=_name(placed, one.what), description=one.remedy,
            trigger=EventTrigger(match={"prefect.resource.id": one.about}, match_related=ours, expect={one.event},
                                 for_each={"prefect.resource.id"}, posture=Posture.Reactive, threshold=1),
            actions=[SendNotification(block_document_id=block, subject=subject, body=f"{one.body}\n{one.remedy}")],
        )  # fmt: skip


def _name(placed: Placed, what: str) -> str:
    return f"termpost {placed.name}: {what}"


def missing_automations(client: "SyncPrefectClient", placed: Placed, notify: str | None) -> list[Any]:
    """Those that the server does not have yet.

    Args:
        notify: `type/name` of a notification block, such as `slack-webhook/office`.

    Raises:
        InputError: `no-block`.
    """
    block = None if notify is None else _block(client, notify)
    return [one for one in wanted_automations(placed, block) if not client.read_automations_by_name(one.name)]


def _block(client: "SyncPrefectClient", notify: str) -> UUID:
    from prefect.exceptions import ObjectNotFound  # noqa: PLC0415

    kind, _, name = notify.partition("/")
    try:
        return client.read_block_document_by_name(name, kind).id
    except ObjectNotFound:
        remedy = "make one (Prefect UI, Blocks), then write its type and name: slack-webhook/office"
        raise InputError("no-block", "the server has no such block", f"--notify {notify}", remedy) from None
