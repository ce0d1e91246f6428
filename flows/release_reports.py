"""Sections 4.2, 4.3 and 4.5 of the procedure: a person releases, and each recipient gets what they have a right to."""

from typing import TypeAlias

from prefect import flow
from pydantic import SecretStr
from termpost.flows.artifacts import show_released
from termpost.flows.flow_context import attempts_logged, begin, known_staff, on_one_lake
from termpost.flows.progress import Progress
from termpost.flows.runs import is_deployed, references, run_name, say_what_to_do, turn_of
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import CycleId, Delivered, Run, StaffId
from termpost.tasks.analysis.task import publish
from termpost.tasks.distribute.approve import ChosenStudents
from termpost.tasks.distribute.task import (
    address,
    approve,
    deliver,
    end_rights,
    is_let_out,
    nothing_left,
    notify,
    prove,
    recheck,
    replace,
    seal,
)
from termpost.tasks.feedback.task import refresh_doors
from termpost.tasks.home.home import shared_home
from termpost.tasks.preflight.task import audit
from termpost.tasks.record.task import freeze
from termpost.tasks.runtime.guard import guarded

NO_CODE = SecretStr("")
Proof: TypeAlias = StaffId | tuple[str, SecretStr] | None  # who proved it; an id and its code; nobody


@flow(name="release-reports", flow_run_name=run_name, on_failure=[say_what_to_do])
def release_reports(
    cycle_id: str, staff: str = "", one_time_code: SecretStr = NO_CODE,
    hold_back: list[str] | None = None, home: str = ".", as_of: str | None = None, only: list[str] | None = None,
    early: bool = False, school: str | None = None,
) -> list[Delivered]:  # fmt: skip
    """Releases a prepared cycle and delivers it. Without a person's code it lets out what `termpost approve` approved
    beforehand, and goes on with deliveries.

    Args:
        cycle_id: a prepared cycle.
        staff: id of a registered person with the role registrar or head; empty where it was approved beforehand.
        one_time_code: what that person's authenticator app shows now (RFC 6238); good for one use, which is the start
            of the run. The server keeps what is typed here. Better: `termpost approve`, and nothing here.
        hold_back: students to leave for later, by the school's id or by reference.
        home: folder with termpost.toml.
        as_of: today for every rule but the code's, a date or an instant with its offset; the machine's clock where
            empty. In a rehearsal only.
        only: students whose report is released, and nobody else's, by the same; everybody's where empty.
        early: before the calendar's release date; the log says that this person said so.
        school: sourcedId of the one school whose reports are released; every school's where empty.
    """
    run = begin(home, as_of, actor=known_staff(home, staff) if staff else "pipeline")
    with attempts_logged(run, cycle_id):
        chosen = ChosenStudents(
            frozenset(references(run, hold_back)), frozenset(references(run, only)) or None, school or None
        )
        proof = _proof(run, CycleId(cycle_id), staff, one_time_code, chosen)
        with turn_of(run, cycle_id):
            return _release(run, CycleId(cycle_id), proof, chosen, early)


def _proof(
    run: Run, cycle_id: CycleId, staff: str, code: SecretStr, chosen: ChosenStudents
) -> Proof:  # fmt: skip
    """What the approval will ask for. The server keeps a code that somebody typed into its form: it is used up before
    the run waits for its turn, which may last longer than the code lives."""
    is_given = bool(code.get_secret_value())
    if not staff and not is_given:
        return None
    if not staff or not is_given:
        raise Refused("half-a-proof", "an id and a code go together", "staff, one_time_code",
                      f"give both; or none, after `termpost approve --cycle {cycle_id} --by STAFF`")  # fmt: skip
    if not is_deployed():
        return staff, code
    try:
        return prove(run, staff, code)
    except Refused as refused:
        if is_let_out(run, cycle_id, chosen):  # a retry: it was approved, and deliveries go on
            return None
        raise Refused(refused.code, f"{refused.what}, and nothing was released", "one_time_code",
                      f"run `termpost approve --cycle {cycle_id} --by {run.actor}`, then start this without a code"
                      ) from None  # fmt: skip


@guarded
@on_one_lake
def _release(run: Run, cycle_id: CycleId, proof: Proof, chosen: ChosenStudents, early: bool) -> list[Delivered]:
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
    approved = approve(run, cycle_id, proof, chosen, early)  # binds exactly the prepared bytes
    if approved.missing:
        return []  # until another person approves the same
    freeze(run, cycle_id)  # what was released does not move with a newer extract
    everyone, delivered = address(run, cycle_id), []  # by the rights on record today
    progress = Progress(run, "Batches of recipients", cycle_id, len(everyone))
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
