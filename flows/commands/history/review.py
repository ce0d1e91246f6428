"""`review`: the yearly review of the procedure."""

from pathlib import Path

import click
from termpost.flows.commands.options import common, refuse_another_day, say_json
from termpost.flows.commands.staff_auth import asked_code, refusals_logged
from termpost.flows.review_policy import review_policy
from termpost.schemas.base.counted import counted
from termpost.tasks.home.home import Home


@click.command()
@click.option("--year", metavar="YEAR", required=True, help='The school year: "2021", or "2021-2022".')
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="A folder of its own, made for you alone; files of an earlier review are replaced.")  # fmt: skip
@click.option("--sign", is_flag=True, help="Sign it: --by and --otp. The next review is due a year later.")
@click.option("--by", metavar="STAFF", help="Who signs: a registrar or head.")
@click.option("--otp", metavar="CODE", help="That person's one-time code.")
@common()
def review(
    year: str, out: Path, sign: bool, by: str | None, otp: str | None, home: Home, as_json: bool
) -> None:  # fmt: skip
    """The yearly review: a year's numbers from the log as page, paper and JSON, and the evidence by section.

    \b
    Example: termpost review --year 2021-2022 --out review --home school
    To sign it: termpost review --year 2021-2022 --out review --sign --by mlopez --otp 123456 --home school
    """
    if sign != (by is not None) or (otp is not None and not sign):
        raise click.UsageError("--sign goes with --by and --otp: a review is signed by a person.")
    if sign and by is not None:
        refuse_another_day(home)
        with refusals_logged(home, by, "review-policy"):
            done = review_policy(home, year, out, by, otp or asked_code())
    else:
        done = review_policy(home, year, out)
    numbers, due = done.made.numbers, done.made.due
    if as_json:
        say_json({
            "year": numbers.year, "files": sorted(str(out / name) for name in done.made.files),
            "entries": numbers.entries, "released": numbers.reports.released, "late": numbers.reports.late,
            "evidence": done.made.evidence, "signed_by": by, "next_due": done.next_due or due.due,
        })  # fmt: skip
        return
    entries = counted(numbers.entries, "entry", "entries")
    click.echo(f"Read {out / 'review.pdf'} or {out / 'review.html'}: {numbers.year}, {entries} of the log")
    if done.next_due:
        click.echo(f"Signed by {by}. The next review is due on {done.next_due}.")
    else:
        click.echo(f"Not signed. {'Overdue since' if due.is_overdue else 'Due by'} {due.due}: sign it with --sign.")


COMMAND = review
