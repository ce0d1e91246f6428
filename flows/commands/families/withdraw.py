"""`withdraw`: takes released reports back."""

from collections.abc import Sequence

import click
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.channels.registry import file_channels
from termpost.tasks.distribute.rights_ended import withdraw_ended
from termpost.tasks.distribute.withdraw import REASONS, Reason, TakenBack, released_in, withdraw_from
from termpost.tasks.distribute.withdraw import withdraw as take_back
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.home.cycle_locks import all_cycles_lock
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.staff import RELEASE_ROLES


@click.command()
@click.option("--report", "report_id", metavar="ID", help="One report, by its id in the log.")
@click.option("--student", metavar="ID", help="All reports of one student that are out.")
@click.option("--class", "class_id", metavar="ID", help="Every report that this class is on.")
@click.option("--cycle", "cycle_id", metavar="ID", help="The whole cycle.")
@click.option("--recipient", metavar="ID",
              help="What lies open for one contact alone; with --cycle or --report only that.")  # fmt: skip
@click.option("--rights-ended", "ended", is_flag=True,
              help="What lies open for all whose right has ended, however many they are.")  # fmt: skip
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who takes back: a registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@click.option("--reason", type=click.Choice(REASONS), help="Needed, but with --rights-ended.")
@common(decides=True)
def withdraw(
    report_id: str | None, student: str | None, class_id: str | None, cycle_id: str | None, recipient: str | None,
    ended: bool, staff_id: str, otp: str, reason: Reason | None, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Takes released reports back: their links say so, their envelopes leave the print area.

    What was saved, printed or posted cannot be recalled. A withdrawn report goes out again only as a corrected version;
    what was taken back from one recipient goes out again by `termpost deliveries resolve ID --resend`, or, where their
    right had ended, with the next release after it is there again.

    \b
    Example: termpost withdraw --student 604822 --reason wrong-mark --by mlopez --otp 123456 --home school
             termpost withdraw --recipient C778167 --reason wrong-recipient --by mlopez --otp 123456 --home school
             termpost withdraw --rights-ended --by mlopez --otp 123456 --home school
    """
    whole = (student, class_id) if recipient is not None else (report_id, student, class_id, cycle_id)
    chosen = sum(x is not None for x in (*whole, recipient)) + ended
    if chosen != 1 or (ended and (report_id or cycle_id)) or (recipient and report_id and cycle_id):
        raise click.UsageError("Give one of --report ID, --student ID, --class ID, --cycle ID, --rights-ended, or "
                               "--recipient ID, alone or with --cycle or --report.")  # fmt: skip
    if ended is (reason is not None):
        raise click.UsageError("Give --reason, but with --rights-ended, which is one.")
    with refusals_logged(home, staff_id, "withdraw"):
        if reason is None:
            _end_rights(home, staff_id, otp, as_json)
            return
        with all_cycles_lock(home):
            states = _states(home, cycle_id)
            if recipient is not None:
                ref = reference_of(home, recipient, "--recipient")
                who = home.staff.prove(staff_id, otp, home.clock.now(), RELEASE_ROLES)
                done = withdraw_from(home, "withdraw", who, ref, reason, cycle_id, report_id)
            else:
                wanted = _wanted(home, states, report_id, student, class_id)
                who = home.staff.prove(staff_id, otp, home.clock.now(), RELEASE_ROLES)
                done = take_back(home, "withdraw", who, released_in(states, wanted), reason)
        refresh_doors(home, "withdraw")
    _say(done, as_json)


def _wanted(
    home: Home, states: Sequence[CycleState], report_id: str | None, student: str | None, class_id: str | None
) -> set[str]:
    """Reports, or students of whom all are meant."""
    if report_id is not None:
        return {report_id}
    if student is not None:
        return {str(reference_of(home, student, "--student"))}
    return _students(home, class_id) if class_id else {r.student for s in states for r in s.reports.values()}


def _end_rights(home: Home, staff_id: str, otp: str, as_json: bool) -> None:
    who = home.staff.prove(staff_id, otp, home.clock.now(), RELEASE_ROLES)
    done = withdraw_ended(home, "withdraw", who, approved=True)
    refresh_doors(home, "withdraw")
    if as_json:
        say_json({"recipients": done.withdrawn, "questions": done.asked})
    else:
        click.echo(
            f"The right of {counted(done.withdrawn, 'recipient')} has ended: what lay open for them is taken back."
        )


def _say(done: TakenBack, as_json: bool) -> None:
    channels = file_channels()
    if as_json:
        say_json({"reports": done.reports} | {one.counted_as: done.changed[one.counted_as] for one in channels})
        return
    said = ", ".join(one.said_of_withdrawn(done.changed[one.counted_as]) for one in channels)
    click.echo(f"{counted(done.reports, 'report')} taken back: {said}.")
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
