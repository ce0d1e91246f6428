"""`withdraw`: takes released reports back."""

import click
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.source_ids import reference_of
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.channels.registry import file_channels
from termpost.tasks.distribute.withdraw import REASONS, TakenBack, released_in
from termpost.tasks.distribute.withdraw import withdraw as take_back
from termpost.tasks.home.cycle_locks import all_cycles_lock
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.staff import RELEASE_ROLES


@click.command()
@click.option("--report", "report_id", metavar="ID", help="One report, by its id in the log.")
@click.option("--student", metavar="ID", help="All reports of one student that are out.")
@click.option("--class", "class_id", metavar="ID", help="Every report that this class is on.")
@click.option("--cycle", "cycle_id", metavar="ID", help="The whole cycle.")
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who takes back: a registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@click.option("--reason", type=click.Choice(REASONS), required=True)
@common(decides=True)
def withdraw(
    report_id: str | None, student: str | None, class_id: str | None, cycle_id: str | None, staff_id: str, otp: str,
    reason: str, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Takes released reports back: their links say so, their envelopes leave the print area.

    What was saved, printed or posted cannot be recalled. A withdrawn report goes out again only as a corrected version.

    \b
    Example: termpost withdraw --student 604822 --reason wrong-mark --by mlopez --otp 123456 --home school
    """
    if sum(x is not None for x in (report_id, student, class_id, cycle_id)) != 1:
        raise click.UsageError("Give one of --report ID, --student ID, --class ID, --cycle ID.")
    with refusals_logged(home, staff_id, "withdraw"), all_cycles_lock(home):
        states = _states(home, cycle_id)
        if report_id is not None:
            wanted = {report_id}
        elif student is not None:
            wanted = {str(reference_of(home, student, "--student"))}
        else:
            wanted = _students(home, class_id) if class_id else {r.student for s in states for r in s.reports.values()}
        who = home.staff.prove(staff_id, otp, home.clock.now(), RELEASE_ROLES)
        done = take_back(home, "withdraw", who, released_in(states, wanted), reason)
    _say(done, as_json)


def _say(done: TakenBack, as_json: bool) -> None:
    channels = file_channels()
    if as_json:
        say_json({"reports": done.reports} | {one.counted_as: done.changed[one.counted_as] for one in channels})
        return
    said = ", ".join(one.said_of_withdrawn(done.changed[one.counted_as]) for one in channels)
    click.echo(f"{done.reports} reports taken back: {said}.")
    if any(one.by_post and done.changed[one.counted_as] for one in channels):
        click.echo("An envelope that was printed or posted already cannot be recalled; ask the office.")


def _states(home: Home, cycle_id: str | None) -> list[CycleState]:
    cycles = [home.calendar.cycle(cycle_id)] if cycle_id else home.calendar.cycles
    entries = list(home.log.entries())
    return [CycleState.fold(cycle.id, entries) for cycle in cycles]


def _students(home: Home, class_id: str) -> set[str]:
    with open_lake(home.lake) as lake:
        query = "SELECT DISTINCT person_ref FROM lake.out_course_summary WHERE class_id = ?"
        found = {str(ref) for (ref,) in lake.execute(query, [class_id]).fetchall()}
    if not found:
        raise InputError("unknown-class", "no report has this class", "--class", "use a sourcedId of classes.csv")
    return found


COMMAND = withdraw
