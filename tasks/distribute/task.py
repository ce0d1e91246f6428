"""The tasks of distribute: approve, address, seal, recheck, deliver."""

from collections import Counter
from dataclasses import replace as changed

from duckdb import DuckDBPyConnection
from prefect.logging import get_run_logger
from pydantic import SecretStr, TypeAdapter
from termpost.schemas.base.refs import (
    Approved,
    CycleId,
    Delivered,
    EndedRights,
    ExtractId,
    Parcels,
    PersonRef,
    Run,
    Sealed,
    StaffId,
)
from termpost.schemas.documents.parcel import Plan
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.distribute.approvals.release import approve_release, release_approved
from termpost.tasks.distribute.approvals.release import is_let_out as everything_is_let_out
from termpost.tasks.distribute.approve import (
    ChosenStudents,
    Prove,
    by_code,
    deliverable,
    refuse_embargoed,
    refuse_nothing_of,
)
from termpost.tasks.distribute.binding import refuse_unapproved
from termpost.tasks.distribute.corrected import replace_corrected, to_who_had_it
from termpost.tasks.distribute.deliver import clear, entries_after, entries_before, show, sweep
from termpost.tasks.distribute.notify import by_notice, settle_intents, with_messages
from termpost.tasks.distribute.notify import notify as send_messages
from termpost.tasks.distribute.outgoing import Outgoing
from termpost.tasks.distribute.packing import pack_all
from termpost.tasks.distribute.plan import make_plan, ready, without_done
from termpost.tasks.distribute.questions import note_questions
from termpost.tasks.distribute.recheck import recheck as recheck_parcels
from termpost.tasks.distribute.rights_ended import withdraw_ended
from termpost.tasks.home.home import Home, shared_home
from termpost.tasks.home.kept_objects import get_tagged, put_tagged
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.home.stated_numbers import confirm
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.recipients import open_recipients
from termpost.tasks.rights.rights_decisions import open_rights_decisions
from termpost.tasks.runtime.as_task import as_task
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.stage.lateness import lateness
from termpost.tasks.stage.manifests import read_prepared, refuse_unknown_school
from termpost.tasks.stage.may_leave import refuse_stopped

OUTGOING = TypeAdapter(list[Outgoing])


@as_task("rights that ended")
def end_rights(run: Run, held: CycleId | None = None) -> EndedRights:
    """Takes back what lies open for those whose right ended, by the record of today, in whichever cycle.

    Args:
        held: the cycle that this run has the turn of.
    """
    home = shared_home(run)
    if home.is_as_of and not home.is_rehearsal:
        # a preparation may be told a day that is over; who has a right is a question of today, but in a rehearsal
        home = shared_home(changed(run, as_of=None))
    done = withdraw_ended(home, run.id, held=() if held is None else (held,))
    if done.withdrawn:
        get_run_logger().info("the right of %d recipients ended: what lay open for them is taken back", done.withdrawn)
    if done.waiting:
        get_run_logger().warning("the right of %d recipients ended, and nothing was taken back: so many take a person "
                                 "(termpost withdraw --rights-ended)", done.waiting)  # fmt: skip
    return done


@as_task("ask", "{cycle_id}")
def ask(run: Run, cycle_id: CycleId) -> int:
    """What the office must answer before a report of the cycle goes out: from now on its clock runs."""
    home = shared_home(run)
    with open_lake(home.lake) as lake:
        asked = note_questions(home, lake, run.id, cycle_id)
    get_run_logger().info("%d questions for the office", asked)
    return asked


@as_task("what is left")
def nothing_left(run: Run, cycle_id: CycleId, chosen: ChosenStudents) -> bool:
    """Whether everything that may go out has gone out: then a release does nothing, and needs nobody's proof."""
    home = shared_home(run)
    home.calendar.cycle(cycle_id)
    refuse_unknown_school(home, chosen.school, cycle_id)
    settle_intents(home, run.id, cycle_id)
    sweep(home, cycle_id)  # here, because a run that was killed after its last entry has nothing else left to do
    state = home.state(cycle_id)
    refuse_nothing_of(read_prepared(home, cycle_id), state, chosen)
    with open_lake(home.lake) as lake:
        reports, lost = ready(home, lake, state, chosen)
        if reports or not state.lost.issuperset(lost):  # whom nobody can be given is written down once
            return False
        return not _left_to_deliver(home, lake, cycle_id, state).parcels


@as_task("prove")
def prove(run: Run, staff_id: str, otp: SecretStr) -> StaffId:
    """Uses a code up at once, for a run whose parameters a server keeps.

    Raises:
        Refused: as `Staff.prove`.
    """
    home = shared_home(run)
    return by_code(home.staff, staff_id, otp.get_secret_value(), home.clock.now())()


@as_task("is let out")
def is_let_out(run: Run, cycle_id: CycleId, chosen: ChosenStudents) -> bool:
    """Whether deliveries may go on without anybody's proof."""
    return everything_is_let_out(shared_home(run), cycle_id, chosen)


@as_task("approve")
def approve(
    run: Run, cycle_id: CycleId, proof: StaffId | tuple[str, SecretStr] | None, chosen: ChosenStudents,
    early: bool = False,
) -> Approved:  # fmt: skip
    """A registered person proves who they are and releases exactly the prepared bytes.

    Args:
        proof: who proved it to this run; or an id and its code; None: nobody, and what was approved beforehand counts.
    """
    home = shared_home(run)
    late = lateness(home, cycle_id, home.state(cycle_id))
    if late is not None:
        get_run_logger().warning("%s", late.said)
    refuse_embargoed(home.settings.release.embargo, home.clock.now(), home.calendar.zone)
    if proof is None:
        approved = release_approved(home, run.id, cycle_id, chosen, early)
    else:
        who, how = (proof, lambda: StaffId(proof)) if isinstance(proof, str) else _by_code(home, *proof)
        approved = approve_release(home, run.id, cycle_id, who, how, chosen, early)
    get_run_logger().info("%d reports released by %s", approved.released, approved.staff)
    if approved.missing:
        get_run_logger().info("approved; another person must approve the same before anything is released")
    return approved


def _by_code(home: Home, staff_id: str, otp: SecretStr) -> tuple[str, Prove]:
    return staff_id, by_code(home.staff, staff_id, otp.get_secret_value(), home.clock.now())


@as_task("address")
def address(run: Run, cycle_id: CycleId) -> list[Parcels]:
    """Who gets what today, by the rights on record; refusals are logged with their rule."""
    home = shared_home(run)
    state = home.state(cycle_id)
    with open_lake(home.lake) as lake:
        plan = _plan_of_released(home, lake, cycle_id, state)
        # refused all round: the log must say why
        lost = make_plan(home, lake, cycle_id, state.without_recipient).decisions if state.without_recipient else ()
    refusals = [
        Entry(kind="refused", cycle=cycle_id, student=d.student, recipient=d.recipient,
              channel=d.channel, reason=d.rule)
        for d in (*plan.decisions, *plan.notices, *lost) if not d.allowed
    ]  # fmt: skip
    home.log.append(run.id, [e for e in refusals if (e.student, e.recipient, e.reason) not in state.refused])
    plan = without_done(home, plan, state)
    get_run_logger().info("%d parcels, %d refusals", len(plan.parcels), len(refusals))
    return _in_batches(home, plan)


@as_task("replace", "{cycle_id}")
def replace(run: Run, cycle_id: CycleId) -> int:
    """Links of what a correction took the place of say so; returns how many pages changed."""
    pages = replace_corrected(shared_home(run), run.id, cycle_id)
    if pages:
        get_run_logger().info("%d pages say that a newer report took their place", pages)
    return pages


@as_task("seal", "from {parcels.first}")
def seal(run: Run, parcels: Parcels) -> Sealed:
    """What each channel will show, recipient by recipient, in the outgoing area where nobody sees it."""
    home = shared_home(run)
    plan = _plan(home, parcels)
    codes, decisions = AccessCodes(home, home.standing()), open_rights_decisions(home)
    with open_lake(home.lake) as lake:
        packing = pack_all(home, lake, plan, plan.parcels, codes, decisions)
    packed = list(packing)
    key = f"outgoing/{parcels.cycle_id}/sealed-{parcels.first}.json"
    get_run_logger().info("%d parcels sealed", len(packed))
    return Sealed(parcels, key, put_tagged(home, key, OUTGOING.dump_json(packed)))


@as_task("recheck", "from {sealed.parcels.first}")
def recheck(run: Run, sealed: Sealed) -> Sealed:
    """Opens every parcel again, on a way of its own, and compares its students with the rights on record."""
    home = shared_home(run)
    plan = _plan(home, sealed.parcels)
    codes, decisions = AccessCodes(home, home.standing()), open_rights_decisions(home)
    outgoing = _outgoing(home, sealed)
    with open_lake(home.lake) as lake:
        checked = recheck_parcels(home, lake, ExtractId(plan.extract_id), plan.day, outgoing, codes, decisions)
    fallen = [one for one, now in zip(outgoing, checked, strict=True) if now.failed and not one.failed]
    get_run_logger().info("%d parcels hold what they should and nothing else", len(checked) - len(fallen))
    if not fallen:
        return sealed
    get_run_logger().warning("%d parcels do not say whose they are, and stay here", len(fallen))
    for one in fallen:
        clear(home, one)
    key = sealed.outgoing.replace(".json", "-checked.json")
    return Sealed(sealed.parcels, key, put_tagged(home, key, OUTGOING.dump_json(checked)))


@as_task("deliver", "from {sealed.parcels.first}")
def deliver(run: Run, sealed: Sealed) -> Delivered:
    """Log, then show, then log: the log knows of a thing before anyone can see it (law 6)."""
    home, cycle_id = shared_home(run), sealed.parcels.cycle_id
    state = home.state(cycle_id)
    refuse_stopped(state)
    outgoing = _outgoing(home, sealed)
    refuse_unapproved(home, cycle_id, ((r.report, r.version) for o in outgoing for r in o.parcel.reports))
    extract_id = _plan(home, sealed.parcels).extract_id
    home.log.append(run.id, [e for o in outgoing for e in entries_before(home, state, o, extract_id)])
    confirm(home, run.id, cycle_id, [report for o in outgoing if o.files for report in o.parcel.reports])
    for _ in concurrent_map(lambda parcel: show(home, cycle_id, parcel), outgoing):
        pass  # visible, now that the log knows
    entries = [e for o in outgoing for e in entries_after(home, state, o)]
    home.log.append(run.id, entries)
    for _ in concurrent_map(lambda parcel: clear(home, parcel), outgoing):
        pass  # no copy is left
    counts = Counter(entry.channel or "" for entry in entries)
    get_run_logger().info("%d deliveries", sum(counts.values()))
    return Delivered(cycle_id, tuple(sorted(counts.items())))


@as_task("notify", "from {sealed.parcels.first}")
def notify(run: Run, sealed: Sealed) -> list[Delivered]:
    """Tells recipients that their page is there, where school and record allow it; none where nobody is told."""
    home, cycle_id = shared_home(run), sealed.parcels.cycle_id
    mine = with_messages([outgoing.parcel for outgoing in _outgoing(home, sealed) if not outgoing.failed])
    if not mine:
        return []
    plan = _plan(home, sealed.parcels)
    with open_lake(home.lake) as lake:
        refs = [PersonRef(parcel.recipient) for parcel in mine]
        people = open_recipients(
            lake, home.people, ExtractId(plan.extract_id), refs, plan.day, open_rights_decisions(home)
        )
    counts = send_messages(home, run.id, cycle_id, mine, people)
    for channel, by_state in counts.items():
        states = ", ".join(f"{n} {state}" for state, n in sorted(by_state.items()) if n)
        get_run_logger().info("messages by %s: %s", channel, states)
    sent = tuple((str(channel), by_state["sent"]) for channel, by_state in counts.items() if by_state["sent"])
    return [Delivered(cycle_id, sent)] if sent else []


def _plan_of_released(home: Home, lake: DuckDBPyConnection, cycle_id: CycleId, state: CycleState) -> Plan:
    """Today's plan for the versions that are out; a correction goes to those who had what it corrects."""
    out = deliverable(read_prepared(home, cycle_id), state)
    return to_who_had_it(make_plan(home, lake, cycle_id, None, out), state)


def _in_batches(home: Home, plan: Plan) -> list[Parcels]:
    """Lays the plan into the store in slices, so that no task reads more than its own."""
    prefix, size, total = f"outgoing/{plan.cycle}/", home.settings.run.batch, len(plan.parcels)
    for key in list(home.store.list(prefix)):
        if key.endswith(".json"):  # of an earlier release
            home.store.delete(key)
    batches, first = list[Parcels](), 0
    parcels = [parcel for notice in by_notice(plan.parcels) for parcel in notice]  # one notice is sent by one task
    while first < total:
        key, last = f"{prefix}plan-{first}.json", min(first + size, total)
        while last < total and parcels[last].notice_with:
            last += 1
        slice_ = {"parcels": tuple(parcels[first:last]), "decisions": (), "notices": (), "unreachable": ()}
        tag = put_tagged(home, key, plan.model_copy(update=slice_).model_dump_json().encode())
        batches.append(Parcels(CycleId(plan.cycle), key, first, last, tag))
        first = last
    return batches


def _left_to_deliver(home: Home, lake: DuckDBPyConnection, cycle_id: CycleId, state: CycleState) -> Plan:
    return without_done(home, _plan_of_released(home, lake, cycle_id, state), state)


def _plan(home: Home, parcels: Parcels) -> Plan:
    return Plan.model_validate_json(get_tagged(home, parcels.plan, parcels.tag))


def _outgoing(home: Home, sealed: Sealed) -> list[Outgoing]:
    return OUTGOING.validate_json(get_tagged(home, sealed.outgoing, sealed.tag))
