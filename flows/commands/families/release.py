"""`release`: the release flow, or its rehearsal."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from pydantic import SecretStr
from termpost.flows.commands.families.status import changed_settings
from termpost.flows.commands.options import common, say_json, say_table, school_option
from termpost.flows.commands.staff_auth import asked_code, refusals_logged
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.manifests import prepared_of, refuse_unknown_school
from termpost.tasks.stage.to_decide import ToDecide, to_decide

if TYPE_CHECKING:
    from termpost.tasks.distribute.approve import ChosenStudents
    from termpost.tasks.stage.lateness import Lateness


@click.command()
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who releases: a registrar or head.")
@click.option("--otp", metavar="CODE", help="What their authenticator app shows now; asked for without it.")
@click.option(
    "--hold", "hold_back", metavar="STUDENT", multiple=True, help="Leave this student for later; may be repeated."
)
@click.option("--only", metavar="STUDENT", multiple=True, help="Release this student's report only; may be repeated.")
@school_option
@click.option("--early", is_flag=True, help="Before the calendar's release date; the log says so.")
@click.option("--rehearse", metavar="ADDRESS", help="Do everything, but send each message there and show nothing.")
@common(decides=True)
def release(
    cycle_id: str, staff_id: str, otp: str | None, hold_back: tuple[str, ...], only: tuple[str, ...],
    school: str | None, early: bool, rehearse: str | None, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """The release flow: approves exactly the prepared bytes, seals, rechecks, delivers, records.

    Where two people must approve ([release] approvals), the second one's call releases.

    \b
    Example: termpost release --cycle 2021-fall-final --by mlopez --otp 123456 --home school
             termpost release --cycle 2021-fall-final --school 255901001 --by mlopez --otp 123456 --home school
    """
    if rehearse is not None:
        chosen = _chosen(home, hold_back, only, school)
        refuse_unknown_school(home, school, cycle_id)
        _rehearse(home, cycle_id, staff_id, otp or asked_code(), chosen, rehearse, as_json)
        return
    from termpost.flows.runner import run_flow  # noqa: PLC0415 - Prefect is slow to import

    undecided, late = undecided_in(home, cycle_id, hold_back, only, school), late_in(home, cycle_id)
    if not as_json:
        say_changes(home, cycle_id)
        say_undecided(undecided)
    if late is not None:
        click.echo(f"  {late.said}", err=True)
    otp = otp or asked_code()
    parameters = {
        "cycle_id": cycle_id,
        "staff": staff_id,
        "one_time_code": SecretStr(otp),  # Prefect keeps a row of asterisks
        "hold_back": [reference_of(home, student, "--hold") for student in hold_back],
        "only": [reference_of(home, student, "--only") for student in only],
        "early": early,
        "school": school,
    }
    delivered = run_flow(home, "release_reports", parameters)
    counts: dict[str, int] = {}
    for batch in delivered:
        for channel, number in batch.by_channel:
            counts[channel] = counts.get(channel, 0) + number
    waits = not delivered and _waits_for_another(home, cycle_id)
    if as_json:
        changed = changed_settings(home, home.state(cycle_id))
        said = {"questions": undecided.questions, "courses": undecided.courses} if undecided else None
        say_json({"cycle": cycle_id, "deliveries": counts, "waits_for_another": waits, "settings_changed": changed,
                  "undecided": said, "late": asdict(late) | {"said": late.said} if late else None})  # fmt: skip
    elif waits:
        click.echo("Approved. Another registrar or head must approve the same: nothing is released before.")
    elif counts:
        say_table("Delivered now", ("channel", "deliveries"), sorted(counts.items()))
    else:
        click.echo("Nothing to do: everything that may go out has gone out.")


def _rehearse(
    home: Home, cycle_id: str, staff_id: str, otp: str, chosen: "ChosenStudents", address: str, as_json: bool
) -> None:
    """No flow: Prefect would keep the address."""
    from termpost.tasks.distribute.rehearse import rehearse as rehearse_release  # noqa: PLC0415 - as below

    with refusals_logged(home, staff_id, "rehearse"), cycle_lock(home, cycle_id):
        done = rehearse_release(home, "rehearse", cycle_id, chosen, address, by=staff_id, otp=otp, at=home.clock.now())
    if as_json:
        say_json({"cycle": cycle_id, **asdict(done)})
    else:
        click.echo(
            f"Rehearsed: {counted(done.parcels, 'parcel')} sealed, printed and opened again, "
            f"{counted(done.sent, 'message')} sent to the "
            f"address given, {done.failed} not; nothing became visible."
        )


def _chosen(home: Home, hold: Sequence[str], only: Sequence[str], school: str | None) -> "ChosenStudents":
    from termpost.tasks.distribute.approve import ChosenStudents  # noqa: PLC0415 - all of a release, which `status` need not wait for

    back = frozenset(str(reference_of(home, student, "--hold")) for student in hold)
    those = frozenset(str(reference_of(home, student, "--only")) for student in only)
    return ChosenStudents(back, those or None, school)


def late_in(home: Home, cycle_id: str) -> "Lateness | None":
    """Where the calendar's release day is over and something waits, how many working days; None where there is no such
    cycle either."""
    from termpost.tasks.stage.lateness import lateness  # noqa: PLC0415 - as above

    try:
        state = home.state(cycle_id)
        every = [report for school in prepared_of(home, cycle_id) for report in school.reports]
        waits = any(not state.is_released(report.report, report.version) for report in every)
        return lateness(home, cycle_id, state) if waits else None
    except InputError:  # the release meets the same
        return None


def say_changes(home: Home, cycle_id: str) -> None:
    """To whoever approves: what guards a release may be weaker than they think."""
    for one in changed_settings(home, home.state(cycle_id)):
        click.echo(f"  {one['setting']} was changed on {one['on']}, and is {json.dumps(one['value'])}.", err=True)


def undecided_in(
    home: Home, cycle_id: str, hold: Sequence[str] = (), only: Sequence[str] = (), school: str | None = None
) -> ToDecide | None:
    """What a release of these students would let out without its grade; None where it will be refused."""
    from termpost.tasks.distribute.approve import releasable  # noqa: PLC0415 - as above

    try:
        chosen = _chosen(home, hold, only, school)
        plan, state, prepared = home.calendar.cycle(cycle_id), home.state(cycle_id), prepared_of(home, cycle_id)
        with open_lake(home.lake) as lake:
            return to_decide(home, lake, plan.id, releasable(prepared, state, chosen), school)
    except InputError:  # the release meets the same, and the log has its refusal
        return None


def say_undecided(found: ToDecide | None) -> None:
    """To whoever approves: nothing of it stops a release."""
    if found and found.said:
        click.echo(f"  {found.said} (`termpost holds`).", err=True)


def _waits_for_another(home: Home, cycle_id: str) -> bool:
    """Whether the last approval of the cycle let nothing out yet."""
    last = [
        e.kind for e in home.log.entries()
        if e.cycle == cycle_id and e.kind in ("approved", "released") and not e.channel  # of reports, not of enclosures
    ][-1:]  # fmt: skip
    return last == ["approved"] and home.settings.release.approvals > 1


COMMAND = release
