"""Sections 4.2, 4.3 and 4.5 of the procedure: a person releases, and each recipient gets what they have a right to."""

from prefect import flow
from pydantic import SecretStr
from termpost.flows.artifacts import Progress, show_released
from termpost.flows.flow_context import attempts_logged, begin, known_staff, on_one_lake
from termpost.schemas.base.refs import CycleId, Delivered, Run
from termpost.tasks.analysis.task import publish
from termpost.tasks.distribute.approve import ChosenStudents
from termpost.tasks.distribute.task import (
    address,
    approve,
    deliver,
    end_rights,
    nothing_left,
    notify,
    recheck,
    replace,
    seal,
)
from termpost.tasks.feedback.task import refresh_doors
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import shared_home
from termpost.tasks.preflight.task import audit
from termpost.tasks.record.task import freeze
from termpost.tasks.runtime.guard import guarded


@flow(name="release-reports", flow_run_name="{cycle_id}")
def release_reports(
    cycle_id: str, staff: str, one_time_code: SecretStr, hold_back: list[str] | None = None, home: str = ".",
    as_of: str | None = None, only: list[str] | None = None, early: bool = False,
) -> list[Delivered]:  # fmt: skip
    """Releases a prepared cycle and delivers it. Started by a person, never by a schedule.

    Args:
        cycle_id: a prepared cycle.
        staff: id of a registered person with the role registrar or head.
        one_time_code: what that person's authenticator app shows now (RFC 6238); good for one use.
        hold_back: references of students to leave for later.
        home: folder with termpost.toml.
        as_of: today for every rule but the code's, a date or an instant with its offset; the machine's clock where
            empty. In a rehearsal only.
        only: references of the students whose report is released, and nobody else's; everybody's where empty.
        early: before the calendar's release date; the log says that this person said so.
    """
    run = begin(home, as_of, actor=known_staff(home, staff))
    with attempts_logged(run, cycle_id), cycle_lock(shared_home(run), cycle_id):
        chosen = ChosenStudents(frozenset(hold_back or ()), frozenset(only) if only else None)
        return _release(run, CycleId(cycle_id), staff, one_time_code, chosen, early)


@guarded
@on_one_lake
def _release(
    run: Run, cycle_id: CycleId, staff: str, code: SecretStr, chosen: ChosenStudents, early: bool
) -> list[Delivered]:
    shared_home(run).refuse_another_day()
    audit(run)
    if end_rights(run, cycle_id).withdrawn:  # whose right ended since anything was shown to them
        refresh_doors(run)
    if nothing_left(run, cycle_id, chosen):
        replace(run, cycle_id)
        freeze(run, cycle_id)
        refresh_doors(run)
        publish(run)  # a run that was killed may have left no more than this to do
        return []
    approved = approve(run, cycle_id, staff, code, chosen, early)  # binds exactly the prepared bytes
    if approved.missing:
        return []  # until another person approves the same
    freeze(run, cycle_id)  # what was released does not move with a newer extract
    everyone, delivered = address(run, cycle_id), []  # by the rights on record today
    progress = Progress("Batches of recipients", len(everyone))
    for parcels in everyone:
        sealed = seal(run, parcels)
        checked = recheck(run, sealed)  # a second pair of eyes opens every parcel
        delivered.append(deliver(run, checked))  # into the log first, then visible
        delivered += notify(run, checked)  # who may be told, that it is there
        progress.step()
    replace(run, cycle_id)  # what a correction took the place of says so
    refresh_doors(run)  # each household finds it behind its own
    publish(run)  # for analysts
    show_released(run, cycle_id)
    return delivered
