"""`codes`: the codes that open sealed reports."""

from pathlib import Path

import click
from termpost.flows.commands.options import OrderedGroup, common, say_json
from termpost.flows.commands.source_ids import reference_of
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.code_counters import ISSUED
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.portal.void_code import reseal_live, void_code
from termpost.tasks.home.cycle_locks import all_cycles_lock
from termpost.tasks.home.home import Home
from termpost.tasks.home.staff_changes import OPERATOR
from termpost.tasks.papers.code_letter import make_code_letters
from termpost.tasks.papers.code_recipients import code_letters_for
from termpost.tasks.runtime.private_files import write_private


@click.group(cls=OrderedGroup)
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
        make_code_letters(home.settings, list(letters.values()), home.today),
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
    with all_cycles_lock(home):
        unfinished = reseal_live(home, "codes-revoke")  # of a revocation that was killed
        done = void_code(home, "codes-revoke", OPERATOR, ref)
    if as_json:
        say_json({"resealed": done, "finished": unfinished})
    else:
        pages = "1 page is" if done == 1 else f"{done} pages are"
        click.echo(f"The code is void; {pages} sealed under the next. Send it: termpost codes issue")


COMMAND = codes
