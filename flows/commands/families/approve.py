"""`approve`: an approval made beforehand."""

import click
from termpost.flows.commands.families.release import say_changes, say_undecided, undecided_in
from termpost.flows.commands.families.status import changed_settings
from termpost.flows.commands.options import common, say_json, school_option
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.refs import CycleId
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home


@click.command()
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who approves: a registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@school_option
@click.option("--early", is_flag=True, help="It may go out before the calendar's release date; the log says so.")
@common(decides=True)
def approve(cycle_id: str, staff_id: str, otp: str, school: str | None, early: bool, home: Home, as_json: bool) -> None:
    """Approves a whole release beforehand, or one school's; nothing goes out before somebody releases it.

    It may be given before the calendar's release date. It is one of the approvals that a release needs, for as long
    as nothing of what was approved changes ([release] approval_days).

    \b
    Example: termpost approve --cycle 2021-fall-final --by mlopez --otp 123456 --home school
    """
    from termpost.tasks.distribute.approvals.release import approve_release  # noqa: PLC0415 - all of a release
    from termpost.tasks.distribute.approve import ChosenStudents, by_code  # noqa: PLC0415 - as above

    if not as_json:
        say_changes(home, cycle_id)
        say_undecided(undecided_in(home, cycle_id, school=school))
    with refusals_logged(home, staff_id, "approve"), cycle_lock(home, cycle_id):
        cycle, chosen = CycleId(cycle_id), ChosenStudents(school=school)
        prove = by_code(home.staff, staff_id, otp, home.clock.now())
        done = approve_release(home, "approve", cycle, staff_id, prove, chosen, early, beforehand=True)
    if as_json:
        changed = changed_settings(home, home.state(cycle_id))
        say_json({"cycle": cycle_id, "digest": done.digest, "missing": done.missing, "settings_changed": changed})
    elif done.missing:
        click.echo("Approved. Another registrar or head must approve the same: nothing is released before.")
    else:
        click.echo("Approved. Nothing is out yet: `termpost release` lets it out.")


COMMAND = approve
