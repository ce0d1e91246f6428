"""`records retain`: what the retention policy lets go."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from termpost.flows.commands.options import common, refuse_another_day, say_json, say_table
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.home import Home
from termpost.tasks.records.retention.due import RetentionPlan
from termpost.tasks.records.retention.list_paper import paper_of_due
from termpost.tasks.records.retention.plan import plan_retention
from termpost.tasks.records.retention.retain import Proof, Retained, approved_by
from termpost.tasks.records.retention.retain import retain as let_go
from termpost.tasks.runtime.private_files import write_private

PAPER: Final = ".pdf"


@click.command()
@click.option("--dry-run", is_flag=True, help="Only the list, which is also what there is without --digest.")
@click.option("--list", "lists", metavar="FILE", multiple=True, type=click.Path(dir_okay=False, path_type=Path),
              help="Write the list to a file, to be read and kept: every object and table. CSV; a PDF to print where "
                   "the name ends in .pdf. May be given twice.")  # fmt: skip
@click.option("--digest", metavar="SHA256", help="Of the list that both people read; what differs from it is refused.")
@click.option("--by", "first", metavar="STAFF", help="Who approves: a registrar or head.")
@click.option("--otp", metavar="CODE", help="What their authenticator app shows now.")
@click.option("--second", metavar="STAFF", help="Another registrar or head beside them, who read the same list.")
@click.option("--second-otp", metavar="CODE", help="What the other person's app shows now.")
@common()
def retain(
    dry_run: bool, lists: tuple[Path, ...], digest: str | None, first: str | None, otp: str | None, second: str | None,
    second_otp: str | None, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """What the retention policy lets go: a list, and with it and two people's codes, the deletion.

    Without --digest nothing is changed. With it the first person's call keeps their approval of exactly that list, and
    the second one's lets it go, with every version; the log says so first. Both may be given in one call. A run that
    was killed is finished by the next, whoever starts it.

    \b
    Example: termpost records retain --list due.csv --list due.pdf --home school
    Then: termpost records retain --digest 3f0c... --by mlopez --otp 123456 --home school
          termpost records retain --digest 3f0c... --by jkim --otp 654321 --home school
    """
    if dry_run or digest is None:
        if first or otp or second or second_otp:
            raise click.UsageError("Missing option '--digest': the digest that the list was shown with.")
        _show(home, plan_retention(home), lists, as_json)
        return
    if not (first and otp):
        raise click.UsageError("Give --by and --otp: two people approve what is deleted, together or one by one.")
    if (second is None) is not (second_otp is None):
        raise click.UsageError("--second and --second-otp belong together.")
    refuse_another_day(home)
    if lists:
        _write(home, lists, plan_retention(home))
    proofs = [Proof(first, otp)]
    if second and second_otp:
        proofs.append(Proof(second, second_otp))
    with refusals_logged(home, first, "records-retain"):
        done = let_go(home, "records-retain", digest, proofs)
    _say_done(done, as_json)


def _say_done(done: Retained, as_json: bool) -> None:
    if as_json:
        say_json({"deleted": dict(done.counts), "waits_for_another": done.waits})
    elif done.waits:
        click.echo("Approved. Another registrar or head must approve the same list: nothing is deleted before.")
    elif done.total:
        say_table("Gone", ("area", "count"), sorted(done.counts.items()))
    else:
        click.echo("Nothing was due.")


def _show(home: Home, plan: RetentionPlan, lists: Sequence[Path], as_json: bool) -> None:
    if lists:
        _write(home, lists, plan)
    approved = sorted(approved_by(home, plan.digest)) if plan.due else []
    if as_json:
        counts = [{"line": line, "area": area, "count": number} for line, area, number in plan.counts()]
        say_json({"digest": plan.digest, "due": counts, "held": plan.held, "locked": [one.name for one in plan.locked],
                  "undated": plan.undated, "unknown": list(plan.unknown), "approved_by": approved})  # fmt: skip
        return
    if not plan.due:
        click.echo("Nothing is due.")
    else:
        say_table("Due by the policy", ("line", "area", "count"), plan.counts())
        click.echo(f"Digest of the list: {plan.digest}")
    if approved:
        click.echo(f"Approved by {', '.join(approved)}: another registrar or head lets it go.")
    for text in plan.stays:
        click.echo(f"  {text}", err=True)


def _write(home: Home, lists: Sequence[Path], plan: RetentionPlan) -> None:
    """Each as its name says: a PDF to print and sign, else CSV. All or none."""
    for file in lists:
        if file.exists():
            raise InputError("file-exists", "there is a file already", str(file), "name another")
    made = {
        file: paper_of_due(home.settings, home.retention, plan, home.today)
        if file.suffix.lower() == PAPER
        else plan.text.encode()
        for file in lists
    }
    for file, data in made.items():
        write_private(file, data)


COMMAND = retain
