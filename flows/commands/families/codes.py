"""`codes`: the codes that open sealed reports."""

from pathlib import Path

import click
from termpost.flows.commands.options import OrderedGroup, common, say, say_json
from termpost.flows.commands.source_ids import source_ids
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.code_way import CodeWay
from termpost.schemas.base.counted import counted
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.log.code_counters import IDENTIFIED, Identified
from termpost.tasks.channels.portal.void_code import reseal_live, void_code
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.home.cycle_locks import all_cycles_lock
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.home.staff_changes import OPERATOR
from termpost.tasks.papers.code_office import code_standings, hand_over, issue_codes, replace_code
from termpost.tasks.runtime.private_files import write_private

COLUMNS = ("recipient", "page", "code", "on", "by")


@click.group(cls=OrderedGroup)
def codes() -> None:
    """Access codes for sealed reports: handed over against a signature, or sent as letters.

    \b
    Example: termpost codes issue --out slips.pdf --home school
    """


@codes.command()
@click.option("--recipient", metavar="ID", help="A contact, by the school's id; everyone with the right without it.")
@click.option("--way", type=click.Choice(("handover", "post")),
              help="Slips and a list to sign, or letters; the first of [codes] by without it.")  # fmt: skip
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="The PDF, which only you can read; a file that is there is replaced. Without it code-letters.pdf or "
                   "code-slips.pdf, with the list beside it as code-slips-list.pdf.")  # fmt: skip
@common(decides=True)
def issue(recipient: str | None, way: CodeWay | None, out: Path | None, home: Home, as_json: bool) -> None:
    """Papers with the access code, apart from any report: a sheet for each recipient. The code stays the same.

    By handover: a slip for each, to fold, and a list by which the office hands them over and has each signed for. By
    post: a letter for each.

    \b
    Example: termpost codes issue --out slips.pdf --home school
             termpost codes issue --way post --out letters.pdf --home school
    """
    ref = reference_of(home, recipient, "--recipient") if recipient else None
    made = issue_codes(home, ref, way)
    file = out or Path("code-letters.pdf" if made.way == "post" else "code-slips.pdf")
    beside = file.with_name(f"{file.stem}-list.pdf")
    write_private(file, made.papers)
    if made.listed is not None:
        write_private(beside, made.listed)
    if as_json:
        listed = {} if made.listed is None else {"list": str(beside)}
        say_json({"letters": made.count, "file": str(file), "way": made.way, **listed})
        return
    kind = "letter" if made.way == "post" else "slip"
    click.echo(f"{file}: {counted(made.count, kind)}, a sheet each.")
    if made.listed is not None:
        click.echo(f"{beside}: the list to sign. Then say who has theirs: termpost codes handed-over")


@codes.command("handed-over")
@click.option("--recipient", "recipients", metavar="ID", multiple=True, required=True,
              help="A contact who signed for it, by the school's id; may be repeated.")  # fmt: skip
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who handed it over: office, registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@common(decides=True)
def handed_over(recipients: tuple[str, ...], staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Records that recipients were handed their code, when and by whom.

    \b
    Example: termpost codes handed-over --recipient C778167 --by mlopez --otp 123456 --home school
    """
    with refusals_logged(home, staff_id, "codes-handed-over"):
        refs = [reference_of(home, one, "--recipient") for one in recipients]
        hand_over(home, refs, staff_id, otp)
    if as_json:
        say_json({"handed_over": len(refs)})
    else:
        click.echo(f"Recorded: {counted(len(refs), 'code')} handed over.")


@codes.command("list")
@click.option("--missing", is_flag=True, help="Only who has a page to open and was given no code, as far as is known.")
@common()
def list_codes(missing: bool, home: Home, as_json: bool) -> None:
    """What became of each recipient's present code: none, listed, posted, handed-over; and who has a page to open.

    \b
    Example: termpost codes list --missing --home school
    """
    found = [one for one in code_standings(home) if one.is_missing or not missing]
    refs = {one.recipient for one in found}
    ids = source_ids(home, refs, ContactIdentity) | source_ids(home, refs, StudentIdentity)
    value = [
        {"recipient": ids.get(one.recipient, one.recipient), "page": one.has_page, "code": one.holding.state,
         "on": one.holding.at.astimezone(home.calendar.zone).date().isoformat() if one.holding.at else None,
         "by": one.holding.by or None}
        for one in found
    ]  # fmt: skip
    value.sort(key=lambda row: str(row["recipient"]))
    rows = [tuple("" if x is None else "yes" if x is True else "no" if x is False else x for x in row.values())
            for row in value]  # fmt: skip
    say(as_json, value, "Access codes", COLUMNS, rows)


@codes.command()
@click.option("--recipient", metavar="ID", required=True, help="Who lost it: a contact, by the school's id.")
@click.option("--identified", type=click.Choice(IDENTIFIED), required=True,
              help="An ID seen at the counter, or a call back to a number on file for 30 days or more.")  # fmt: skip
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who replaces it: office, registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), default=Path("code-slip.pdf"),
              show_default=True, help="The slip with the new code; a file that is there is replaced.")  # fmt: skip
@common(decides=True)
def replace(
    recipient: str, identified: Identified, staff_id: str, otp: str, out: Path, home: Home, as_json: bool
) -> None:
    """Replaces a lost code: the old one opens nothing that is live from now on, and the slip has the new one.

    Never call a number that the caller gives: call back one that is on file.

    \b
    Example: termpost codes replace --recipient C778167 --identified id-document --by mlopez --otp 123456 --home school
    """
    with refusals_logged(home, staff_id, "codes-replace"):
        ref = reference_of(home, recipient, "--recipient")
        with all_cycles_lock(home):
            slip, done = replace_code(home, ref, identified, staff_id, otp)
            refresh_doors(home, "codes-replace")
    write_private(out, slip)
    if as_json:
        say_json({"resealed": done, "file": str(out)})
    else:
        click.echo(f"The old code is void; {_pages(done)} sealed under the next. {out}: the slip with it.")
        click.echo("When it was handed over or read out, say so: termpost codes handed-over")


@codes.command("revoke")
@click.option("--recipient", metavar="ID", help="A contact, by the school's id.")
@click.option("--everyone", is_flag=True, help="Everyone's code, as after a loss of secrets.")
@common(decides=True)
def revoke_codes(recipient: str | None, everyone: bool, home: Home, as_json: bool) -> None:
    """Makes a code void: the next one counts, and every page that is live is sealed again under it.

    A copy that somebody saved still opens with the old code. Then give the new one: termpost codes issue.

    \b
    Example: termpost codes revoke --recipient C778167 --home school
    """
    if (recipient is None) is not everyone:
        raise click.UsageError("Say whose: --recipient ID, or --everyone.")
    ref: PersonRef | None = reference_of(home, recipient, "--recipient") if recipient else None
    with all_cycles_lock(home):
        unfinished = reseal_live(home, "codes-revoke")  # of a revocation that was killed
        done = void_code(home, "codes-revoke", OPERATOR, ref)
        refresh_doors(home, "codes-revoke")  # the old one finds nothing any more
    if as_json:
        say_json({"resealed": done, "finished": unfinished})
    else:
        click.echo(f"The code is void; {_pages(done)} sealed under the next. Give it: termpost codes issue")


def _pages(count: int) -> str:
    return counted(count, "page is", "pages are")


COMMAND = codes
