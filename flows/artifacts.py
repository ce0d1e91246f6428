"""What an admin sees of a run in the Prefect UI: counts by state, and nothing personal."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from prefect.artifacts import (
    Artifact,
    create_markdown_artifact,
    create_table_artifact,
)
from prefect.events import emit_event
from termpost.flows.artifact_keys import key_of
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Checked, CycleId, EndedRights, Prepared, Run
from termpost.schemas.documents.findings import validation_key
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.deadlines.deadline import Deadline, overdue_in
from termpost.tasks.deadlines.timeline import timeline
from termpost.tasks.home.home import Home, shared_home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.stage.lateness import lateness
from termpost.tasks.stage.to_decide import to_decide

if TYPE_CHECKING:  # they would load the whole check, and the lake
    from termpost.tasks.preflight.ahead import CycleAhead
    from termpost.tasks.records.retention.due import RetentionCounts


def show_checked(run: Run, checked: Checked) -> None:
    """The outcome of the check, and the command that opens its validation page: in the store it is encrypted."""
    page = f"termpost show {validation_key(checked.extract.id)} --by STAFF --otp CODE --out page.html"
    create_table_artifact(
        key=key_of(run, "checked-extract"),
        description=f"The check: **{checked.outcome.replace('_', ' ')}**. What to fix stands in the validation page.",
        table=[
            {
                "outcome": checked.outcome.replace("_", " "), "rows accepted": checked.accepted,
                "rows quarantined": checked.quarantined, "validation page": page,
            }
        ],
    )  # fmt: skip


def show_prepared(run: Run, cycle_id: CycleId, prepared: Sequence[Prepared]) -> None:
    """A row per school: who waits for release, and who is held; an event, for an automation that tells the admin."""
    home = shared_home(run)
    emit_event(
        "termpost.cycle.waits",
        resource={"prefect.resource.id": f"termpost.cycle.{cycle_id}", "prefect.resource.name": cycle_id},
        payload={
            "made": sum(p.made for p in prepared), "held": sum(p.held for p in prepared),
            "without_report": sum(n for p in prepared for _, n in p.unreported),
            "proof_pack": f"termpost proof --cycle {cycle_id} --out DIR",
        },
    )  # fmt: skip
    drafts, whose = any(p.draft for p in prepared), _whose(home.is_rehearsal)
    create_table_artifact(
        key=key_of(run, "prepared-reports"),
        description=f"{whose}Cycle **{cycle_id}** waits. Read `termpost proof --cycle {cycle_id} --out DIR`, then "
        + ("prepare it again after the cut-off: these are **drafts**." if drafts else "release it.")
        + _undecided(home, cycle_id) + _changed(home, home.state(cycle_id)),
        table=[
            {"school": p.school, "students": p.students, "reports made": p.made, "students held": p.held,
             "without report": sum(n for _, n in p.unreported), "draft": "yes" if p.draft else "no"}
            for p in prepared
        ],
    )  # fmt: skip


def _whose(rehearsal: bool) -> str:
    """What is read before everything else."""
    return "**A rehearsal.** " if rehearsal else ""


def _undecided(home: Home, cycle_id: str) -> str:
    with open_lake(home.lake) as lake, one_transaction(lake):
        said = to_decide(home, lake, cycle_id).said
    return f" {said}: `termpost holds`." if said else ""


def _to_follow(state: CycleState) -> str:
    return f" {counted(state.grades_to_follow, 'grade is', 'grades are')} to follow." if state.grades_to_follow else ""


def _late(home: Home, cycle_id: str, state: CycleState) -> str:
    late = lateness(home, cycle_id, state)
    return f" Today is {late.said}" if late else ""


def _changed(home: Home, state: CycleState) -> str:
    """To whoever approves: what guards a release and was changed, by name and day, as `termpost release` tells it."""
    days = {name: at and at.astimezone(home.calendar.zone).date() for name, at in state.controls.items()}
    told = ", ".join(f"`{name}` on {day}" for name, day in days.items())
    return f" **Changed**: {told} (`termpost status`)." if told else ""


def show_released(run: Run, cycle_id: CycleId) -> None:
    """A row per channel and state, over all runs of the cycle."""
    home = shared_home(run)
    state, whose = home.state(cycle_id), _whose(home.is_rehearsal)
    released = counted(sum(r.released for r in state.reports.values()), "report")
    by_state = Counter((state.channels[delivery], kind) for delivery, kind in state.deliveries.items())
    create_table_artifact(
        key=key_of(run, "released-reports"),
        description=f"{whose}Cycle **{cycle_id}**: {released} released."
        + _to_follow(state)
        + _late(home, cycle_id, state)
        + _changed(home, state),
        table=[{"channel": channel, "state": kind, "deliveries": n} for (channel, kind), n in sorted(by_state.items())],
    )


def show_rights(run: Run, ended: EndedRights) -> None:
    """What became of rights that ended, and what waits for a person."""
    waits = (
        f"**{counted(ended.waiting, 'waits', 'wait')} for a person**: `termpost withdraw --rights-ended`. "
        if ended.waiting
        else ""
    )
    asks = f"{counted(ended.asked, 'question')}: `termpost rights open`." if ended.asked else ""
    create_table_artifact(
        key=key_of(run, "ended-rights"),
        description=f"Recipients whose right ended: what lay open for them is taken back. {waits}{asks}".strip(),
        table=[{"taken back": ended.withdrawn, "waiting for a person": ended.waiting, "questions": ended.asked}],
    )


def show_queries(run: Run, counts: Sequence[tuple[str, int]]) -> None:
    """A row per state."""
    create_table_artifact(
        key=key_of(run, "queries"),
        description="What families asked; each has its day for the answer (section 4.4). `termpost feedback list`.",
        table=[{"state": state, "queries": number} for state, number in counts],
    )


def show_deadlines(run: Run, deadlines: Sequence[Deadline]) -> None:
    """A row per deadline, a line per day, and an event for each that is overdue: for an automation that tells whom the
    school wants to be told (docs/deadlines.md)."""
    home, late = shared_home(run), overdue_in(deadlines)
    create_table_artifact(
        key=key_of(run, "deadlines"),
        description=f"{_whose(home.is_rehearsal)}Deadlines on {home.today}: **{late:,} overdue**."
        " `termpost deadlines`.",
        table=[
            {
                "what": one.what,
                "due": one.due.isoformat(),
                "state": one.state,
                "count": one.count,
                "cycle": one.cycle or "",
                "school": one.school or "",
                "shown by": one.command,
            }
            for one in deadlines
        ],
    )
    create_markdown_artifact(
        key=key_of(run, "deadlines-timeline"),
        description="What is due on which day.",
        markdown=timeline(deadlines, home.today),
    )
    for one in deadlines:
        if one.state == "overdue":
            emit_event(
                "termpost.deadline.overdue",
                resource={"prefect.resource.id": f"termpost.deadline.{one.place}", "prefect.resource.name": one.what},
                payload={"code": one.code, "due": one.due.isoformat(), "count": one.count, "cycle": one.cycle,
                         "school": one.school, "command": one.command},
            )  # fmt: skip


def show_retention(run: Run, counts: "RetentionCounts", gone: Sequence[tuple[str, int]]) -> None:
    """A row per line of the policy and area; an event where something waits for two people."""
    number = sum(count for _, _, count in counts.due)
    kept = f" {counted(counts.held, 'object is', 'objects are')} due and held." if counts.held else ""
    kept += f" {counted(counts.locked, 'object is', 'objects are')} locked by the store." if counts.locked else ""
    kept += f" {counted(counts.unclear, 'object has', 'objects have')} no day or kind." if counts.unclear else ""
    waits = f"**{counted(number, 'record')} due**: two people let them go, `termpost records retain`." if number else (
        "Nothing is due."
    )  # fmt: skip
    if number:
        name = f"termpost.retention.{shared_home(run).today.isoformat()}"
        emit_event("termpost.retention.waits", resource={"prefect.resource.id": name}, payload={"due": number})
    create_table_artifact(
        key=key_of(run, "retention"),
        description=f"{_whose(shared_home(run).is_rehearsal)}{waits}{kept}",
        table=[{"line": line, "area": area, "due": count} for line, area, count in counts.due]
        + [{"line": "went by itself", "area": area, "due": count} for area, count in gone],
    )


def show_broken_log(error: InputError) -> None:
    """An event: nothing is more urgent."""
    emit_event(
        "termpost.log.broken",
        resource={"prefect.resource.id": "termpost.log.verify", "prefect.resource.name": error.where},
        payload={"says": error.what, "command": "termpost log verify --full"},
    )


ShownCounts = Mapping[tuple[str, str, str], int]  # school, what, cause → how many


def counts_shown_last(run: Run, cycle_id: str) -> ShownCounts | None:
    """What the check of the source last showed of the cycle; None: nothing yet."""
    found = cast("Artifact | None", Artifact.get(key_of(run, "source", cycle_id)))
    if found is None or not found.data:
        return None
    rows = json.loads(str(found.data))
    return {(row["school"], row["what"], row["cause"]): int(row["count"]) for row in rows}


def show_ahead(run: Run, ahead: "CycleAhead", before: ShownCounts | None) -> None:
    """A row per school and cause, with what it was the time before."""
    held = sum(school.held_students for school in ahead.schools)
    says = (
        "**The extract would be rejected.**"
        if ahead.outcome == "rejected"
        else f"{counted(held, 'student')} would be held."
    )
    create_table_artifact(
        key=key_of(run, "source", ahead.cycle_id),
        description=f"Cycle **{ahead.cycle_id}**, cut-off {ahead.cutoff}: the source today. {says} Nothing was loaded.",
        table=[
            {"school": school, "what": what, "cause": cause, "count": count,
             "last time": "" if before is None else before.get((school, what, cause), 0)}
            for (school, what, cause), count in ahead.counts().items()
        ],
    )  # fmt: skip
