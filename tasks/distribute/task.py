"""The face of distribute: approve, address, seal, recheck, deliver."""

from collections import Counter
from datetime import UTC, datetime

from prefect.logging import get_run_logger
from pydantic import TypeAdapter

from schemas.cycle_state import NO_RECIPIENT, CycleState
from schemas.entry import Entry
from schemas.identity import StudentIdentity
from schemas.parcel import Plan
from schemas.refs import Approved, CycleId, Delivered, ExtractId, Parcels, PersonRef, Run, Sealed
from tasks.as_task import as_task
from tasks.distribute.approve import approve as approve_reports
from tasks.distribute.approve import check_bytes
from tasks.distribute.comments_read import refuse_unread
from tasks.distribute.deliver import clear, entries_after, entries_before, show, sweep
from tasks.distribute.outgoing import Outgoing, pack_or_fail
from tasks.distribute.plan import make_plan, ready, school_names, without_done
from tasks.distribute.recheck import recheck as recheck_parcel
from tasks.distribute.recipients import open_recipients
from tasks.home import Home, open_run
from tasks.identities import open_identities
from tasks.lake import open_lake

OUTGOING = TypeAdapter(list[Outgoing])


@as_task("what is left")
def nothing_left(run: Run, cycle_id: CycleId, hold_back: tuple[str, ...]) -> bool:
    """Whether everything that may go out has gone out: then a release does nothing, and needs nobody's proof."""
    home = open_run(run)
    home.calendar.cycle(cycle_id)
    sweep(home, cycle_id)  # here, because a run that was killed after its last entry has nothing else left to do
    state = CycleState.fold(cycle_id, home.log.entries())
    with open_lake(home.lake) as lake:
        reports, lost = ready(home, lake, state, hold_back)
        if reports or not state.lost.issuperset(lost):  # whom nobody can be given is written down once
            return False
        return not without_done(home, make_plan(home, lake, cycle_id, state.released_students), state).parcels


@as_task("approve")
def approve(run: Run, cycle_id: CycleId, staff_id: str, otp: str, hold_back: tuple[str, ...]) -> Approved:
    """A registered person proves who they are and releases exactly the prepared bytes."""
    home = open_run(run)
    home.calendar.cycle(cycle_id)
    state = CycleState.fold(cycle_id, home.log.entries())
    with open_lake(home.lake) as lake:
        reports, lost = ready(home, lake, state, hold_back)
        refuse_unread(home, lake, cycle_id, reports)
    check_bytes(home.store, home.people, state, reports)
    approval, entries = approve_reports(home.staff, staff_id, otp, datetime.now(UTC), cycle_id, reports)
    # released to nobody would look like delivered: they wait for the office, with the reason
    held = [Entry(kind="held", cycle=cycle_id, student=student, reason=NO_RECIPIENT) for student in lost]
    home.log.append(run.id, entries + held)
    get_run_logger().info(
        "%d reports released by %s, %d have no recipient", approval.reports, approval.staff, len(lost)
    )
    return Approved(cycle_id, approval.staff, approval.digest, approval.reports)


@as_task("address")
def address(run: Run, cycle_id: CycleId) -> list[Parcels]:
    """Who gets what today, by the rights on record; refusals are logged with their rule."""
    home = open_run(run)
    state = CycleState.fold(cycle_id, home.log.entries())
    with open_lake(home.lake) as lake:
        plan = make_plan(home, lake, cycle_id, state.released_students)
        # refused all round: the log must say why
        lost = make_plan(home, lake, cycle_id, state.without_recipient).decisions if state.without_recipient else ()
    refusals = [
        Entry(kind="refused", cycle=cycle_id, student=d.student, recipient=d.recipient,
              channel=d.channel, reason=d.rule)
        for d in (*plan.decisions, *plan.notices, *lost) if not d.allowed
    ]  # fmt: skip
    home.log.append(run.id, [e for e in refusals if (e.student, e.recipient, e.reason) not in state.refused])
    plan = without_done(home, plan, state)
    key = f"outgoing/{cycle_id}/plan.json"
    home.store.put(key, plan.model_dump_json().encode())
    get_run_logger().info("%d parcels, %d refusals", len(plan.parcels), len(refusals))
    size, total = home.settings.run.batch, len(plan.parcels)
    return [Parcels(cycle_id, key, first, min(first + size, total)) for first in range(0, total, size)]


@as_task("seal", "from {parcels.first}")
def seal(run: Run, parcels: Parcels) -> Sealed:
    """A sealed page and an envelope per recipient, in the outgoing area where nobody sees them."""
    home = open_run(run)
    plan = _plan(home, parcels)
    mine = plan.parcels[parcels.first : parcels.last]
    extract_id = ExtractId(plan.extract_id)
    with open_lake(home.lake) as lake:
        contacts = open_recipients(lake, home.people, extract_id, [PersonRef(p.recipient) for p in mine], plan.day)
        children = {PersonRef(r.student) for p in mine for r in p.reports}
        students = open_identities(lake, home.people, extract_id, StudentIdentity, children)
        names = school_names(lake, plan.extract_id)
    packed = [pack_or_fail(home, parcels.cycle_id, p, contacts[PersonRef(p.recipient)], students, names) for p in mine]
    key = f"outgoing/{parcels.cycle_id}/sealed-{parcels.first}.json"
    home.store.put(key, OUTGOING.dump_json(packed))
    get_run_logger().info("%d parcels sealed", len(packed))
    return Sealed(parcels, key)


@as_task("recheck", "from {sealed.parcels.first}")
def recheck(run: Run, sealed: Sealed) -> Sealed:
    """Opens every parcel again, on a way of its own, and compares its students with the rights on record."""
    home = open_run(run)
    plan = _plan(home, sealed.parcels)
    with open_lake(home.lake) as lake:
        for outgoing in _outgoing(home, sealed):
            recheck_parcel(home, lake, ExtractId(plan.extract_id), plan.day, outgoing)
    get_run_logger().info(
        "%d parcels hold what they should and nothing else", sealed.parcels.last - sealed.parcels.first
    )
    return sealed


@as_task("deliver", "from {sealed.parcels.first}")
def deliver(run: Run, sealed: Sealed) -> Delivered:
    """Log, then show, then log: the log knows of a thing before anyone can see it (law 6)."""
    home, cycle_id = open_run(run), sealed.parcels.cycle_id
    outgoing = _outgoing(home, sealed)
    home.log.append(run.id, [e for o in outgoing for e in entries_before(home, cycle_id, o)])
    for parcel in outgoing:
        show(home, cycle_id, parcel)
    entries = [e for o in outgoing for e in entries_after(home, cycle_id, o)]
    home.log.append(run.id, entries)
    for parcel in outgoing:
        clear(home, parcel)
    counts = Counter(entry.channel or "" for entry in entries)
    get_run_logger().info("%d deliveries", sum(counts.values()))
    return Delivered(cycle_id, tuple(sorted(counts.items())))


def _plan(home: Home, parcels: Parcels) -> Plan:
    return Plan.model_validate_json(home.store.get(parcels.plan))


def _outgoing(home: Home, sealed: Sealed) -> list[Outgoing]:
    return OUTGOING.validate_json(home.store.get(sealed.outgoing))
