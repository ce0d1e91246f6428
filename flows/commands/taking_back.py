"""`withdraw`, `codes`: taking reports back, and the codes that open them."""

from pathlib import Path

import click
from termpost.flows.commands.options import Group, common, say_json
from termpost.flows.commands.source_ids import reference_of
from termpost.flows.commands.staff_auth import OPERATOR, refusals_logged
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.code_counters import ISSUED
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.portal.void_code import reseal_live, void_code
from termpost.tasks.channels.registry import file_channels
from termpost.tasks.distribute.withdraw import REASONS, TakenBack, released_in
from termpost.tasks.distribute.withdraw import withdraw as take_back
from termpost.tasks.home.cycle_locks import every_turn
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.code_letter import make_code_letters
from termpost.tasks.papers.code_recipients import code_letters_for
from termpost.tasks.runtime.private_files import write_private
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
    with refusals_logged(home, staff_id, "withdraw"), every_turn(home):
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


@click.group(cls=Group)
def codes() -> None:
    """Access codes for sealed reports, as letters.

    \b
    Example: termpost codes issue --recipient C778167 --out letter.pdf --home school
    """


@codes.command()
@click.option("--recipient", metavar="ID", help="A contact, by the school's id; everyone with the right without it.")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("code-letters.pdf"),
    show_default=True,
    help="The PDF, which only you can read; a file that is there is replaced.",
)
@common(decides=True)
def issue(recipient: str | None, out: Path, home: Home, as_json: bool) -> None:
    """Letters with the access code, to be sent by post, apart from any report. The code stays the same.

    \b
    Example: termpost codes issue --out letters.pdf --home school
    """
    ref = reference_of(home, recipient, "--recipient") if recipient else None
    letters = code_letters_for(home, ref)
    if not letters:
        raise InputError(
            "nobody-to-write-to", "nobody has the right today and a postal address", "codes issue",
            "see `termpost recipients` for who would get what, and why not",
        )  # fmt: skip
    home.log.append("codes-issue", [Entry(kind="settings_changed", actor=OPERATOR, recipient=whose, reason=ISSUED)
                                    for whose in letters])  # fmt: skip
    write_private(
        out,
        make_code_letters(
            home.settings, sorted(letters.values(), key=lambda one: (one.recipient_name, one.address)), home.today
        ),
    )
    if as_json:
        say_json({"letters": len(letters), "file": str(out)})
    else:
        click.echo(f"{out}: {len(letters)} letter{'' if len(letters) == 1 else 's'}, a sheet each.")


@codes.command("revoke")
@click.option("--recipient", metavar="ID", help="A contact, by the school's id.")
@click.option("--everyone", is_flag=True, help="Everyone's code, as after a loss of secrets.")
@common(decides=True)
def revoke_codes(recipient: str | None, everyone: bool, home: Home, as_json: bool) -> None:
    """Makes a code void: the next one counts, and every page that is live is sealed again under it.

    A copy that somebody saved still opens with the old code. Then send the new one: termpost codes issue.

    \b
    Example: termpost codes revoke --recipient C778167 --home school
    """
    if (recipient is None) is not everyone:
        raise click.UsageError("Say whose: --recipient ID, or --everyone.")
    ref: PersonRef | None = reference_of(home, recipient, "--recipient") if recipient else None
    with every_turn(home):
        unfinished = reseal_live(home, "codes-revoke")  # of a revocation that was killed
        done = void_code(home, "codes-revoke", OPERATOR, ref)
    if as_json:
        say_json({"resealed": done, "finished": unfinished})
    else:
        pages = "1 page is" if done == 1 else f"{done} pages are"
        click.echo(f"The code is void; {pages} sealed under the next. Send it: termpost codes issue")


COMMANDS = [withdraw, codes]
