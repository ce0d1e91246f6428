"""`records retain`: what the retention policy lets go."""

from pathlib import Path

import click
from termpost.flows.commands.options import common, refuse_another_day, say_json, say_table
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.home import Home
from termpost.tasks.records.retention.due import RetentionPlan
from termpost.tasks.records.retention.plan import plan_retention
from termpost.tasks.records.retention.retain import Proof, Retained
from termpost.tasks.records.retention.retain import retain as let_go
from termpost.tasks.runtime.private_files import write_private


@click.command()
@click.option("--dry-run", is_flag=True, help="Only the list, which is also what there is without --digest.")
@click.option("--list", "list_file", metavar="FILE", type=click.Path(path_type=Path),
              help="Write the list to a file (CSV), to be read and kept: every object and table.")  # fmt: skip
@click.option("--digest", metavar="SHA256", help="Of the list that both people read; what differs from it is refused.")
@click.option("--by", "first", metavar="STAFF", help="Who approves: a registrar or head.")
@click.option("--otp", metavar="CODE", help="What their authenticator app shows now.")
@click.option("--second", metavar="STAFF", help="Another registrar or head, who read the same list.")
@click.option("--second-otp", metavar="CODE", help="What the other person's app shows now.")
@common()
def retain(
    dry_run: bool, list_file: Path | None, digest: str | None, first: str | None, otp: str | None, second: str | None,
    second_otp: str | None, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """What the retention policy lets go: a list, and with it and two people's codes, the deletion.

    Without --digest nothing is changed. With it exactly that list goes, with every version; the log says so first. A
    run that was killed is finished by the next, whoever starts it.

    \b
    Example: termpost records retain --list due.csv --home school
    Then: termpost records retain --digest 3f0c... --by mlopez --otp 123456 --second jkim --second-otp 654321
    """
    if dry_run or digest is None:
        if first or otp or second or second_otp:
            raise click.UsageError("Missing option '--digest': the digest that the list was shown with.")
        _show(plan_retention(home), list_file, as_json)
        return
    if not (first and otp and second and second_otp):
        raise click.UsageError("Give --by, --otp, --second and --second-otp: two people approve what is deleted.")
    refuse_another_day(home)
    if list_file is not None:
        _write(list_file, plan_retention(home))
    with refusals_logged(home, first, "records-retain"):
        done = let_go(home, "records-retain", digest, (Proof(first, otp), Proof(second, second_otp)))
    _say_done(done, as_json)


def _say_done(done: Retained, as_json: bool) -> None:
    if as_json:
        say_json({"deleted": dict(done.counts)})
    elif done.total:
        say_table("Gone", ("area", "count"), sorted(done.counts.items()))
    else:
        click.echo("Nothing was due.")


def _show(plan: RetentionPlan, list_file: Path | None, as_json: bool) -> None:
    if list_file is not None:
        _write(list_file, plan)
    if as_json:
        counts = [{"line": line, "area": area, "count": number} for line, area, number in plan.counts()]
        say_json({"digest": plan.digest, "due": counts, "held": plan.held, "locked": [one.name for one in plan.locked],
                  "undated": plan.undated, "unknown": list(plan.unknown)})  # fmt: skip
        return
    if not plan.due:
        click.echo("Nothing is due.")
    else:
        say_table("Due by the policy", ("line", "area", "count"), plan.counts())
        click.echo(f"Digest of the list: {plan.digest}")
    for text in _notes(plan):
        click.echo(f"  {text}", err=True)


def _notes(plan: RetentionPlan) -> list[str]:
    """Why the rest of what is old stays."""
    notes = []
    if plan.held:
        notes.append(
            f"{counted(plan.held, 'object')} due, and kept: records are held, or a request or incident is open."
        )
    notes += [f"{one.name} cannot be deleted before {one.locked_until:%Y-%m-%d}: Object Lock." for one in plan.locked
              if one.locked_until]  # fmt: skip
    if plan.undated:
        notes.append(f"{counted(plan.undated, 'object')} of which nothing says from when it counts: kept.")
    notes += [f"{key} is of no kind that the policy knows: kept." for key in plan.unknown]
    return notes


def _write(file: Path, plan: RetentionPlan) -> None:
    if file.exists():
        raise InputError("file-exists", "there is a file already", str(file), "name another")
    write_private(file, plan.text.encode())


COMMAND = retain
