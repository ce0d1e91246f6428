"""`print`: envelopes as packs for the printer, and what became of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from termpost.flows.commands.options import OrderedGroup, at_home, common, say_json, say_table, school_option
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.pack import SORTS, ChosenEnvelopes, Sort, chosen
from termpost.tasks.channels.print.add_inserts import enclose
from termpost.tasks.channels.print.envelope_status import ALARMING, REASONS
from termpost.tasks.channels.print.inserts import Document
from termpost.tasks.channels.print.print_run import Printed, PrintWish, print_packs
from termpost.tasks.channels.print.record import EnvelopeFate, Recorded, record
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.home.staff_changes import OPERATOR

EVERYBODY = "all"


def _which(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that name envelopes."""
    for option in (
        click.option("--mark", metavar="MARK", help="One envelope, such as 07-0123."),
        click.option("--range", "span", metavar="FROM-TO", help="Envelopes by the second number: 0120-0135."),
        click.option("--pack", metavar="NUMBER", help="One pack, such as 07."),
    ):
        command = option(command)
    return command


@click.group("print", cls=OrderedGroup, invoke_without_command=True)
@click.option("--cycle", "cycle_id", metavar="ID", help="A cycle of calendar.toml.")
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="A folder only you can read, made where there is none; an earlier print is replaced.")  # fmt: skip
@click.option("--sort", type=click.Choice(SORTS), help="By class, to hand over (default), or by post code, to mail.")
@school_option
@_which
@click.option("--anew", is_flag=True, help="Sort everything not yet posted again, under new marks.")
@click.option("--enclose", "enclosures", metavar="STUDENT=FILE", multiple=True,
              help="A PDF that joins this student's envelopes, or everybody's: all=FILE. May be repeated.")  # fmt: skip
@click.option("--by", "staff_id", metavar="STAFF", help="Who releases what is enclosed: a registrar or head.")
@click.option("--otp", metavar="CODE", help="What their authenticator app shows now.")
@common(home=False)
@click.pass_context
def print_command(
    context: click.Context, cycle_id: str | None, out: Path | None, sort: Sort | None, school: str | None,
    pack: str | None, span: str | None, mark: str | None, anew: bool, enclosures: tuple[str, ...],
    staff_id: str | None, otp: str | None, home: None, as_json: bool,  # noqa: ARG001 - click gives it
) -> None:  # fmt: skip
    """Packs for the printer: envelope after envelope, a mark on every page, and a list to sign each pack off.

    No sheet holds two recipients. A mark stays: after a jam, --range prints the same pages again. Then say what became
    of them: print posted, print handed-over, print returned.

    \b
    Example: termpost print --cycle 2021-fall-final --out packs --sort postcode --home school
    """
    if context.invoked_subcommand is not None:
        return
    if cycle_id is None or out is None:
        raise click.UsageError("Give --cycle ID and --out DIR.")
    if enclosures and not (staff_id and otp):
        raise click.UsageError("What is enclosed must be released: give --by STAFF and --otp CODE.")
    opened = at_home(context.params["home_path"], context.params["as_of"], decides=True)
    unread = 0
    with cycle_lock(opened, cycle_id):
        which = chosen(pack, span, mark, school)
        if enclosures:
            unread = _enclose(opened, cycle_id, school, enclosures, staff_id or "", otp or "")
        printed = print_packs(opened, PrintWish(cycle_id, which, sort, anew), out, OPERATOR)
    _say_printed(cycle_id, out, printed, unread, as_json)
    if ALARMING & set(printed.left_out.values()):
        context.exit(1)


def _enclose(home: Home, cycle: str, school: str | None, enclosures: Iterable[str], staff_id: str, otp: str) -> int:
    documents = [_document(home, given) for given in enclosures]
    with refusals_logged(home, staff_id, "print"):
        return enclose(home, cycle, school, documents, by=staff_id, otp=otp, at=home.clock.now())


def _document(home: Home, given: str) -> Document:
    whose, _, name = given.partition("=")
    if not whose or not name:
        raise click.UsageError("Write --enclose STUDENT=FILE or --enclose all=FILE.")
    path = Path(name)
    try:
        pdf = path.read_bytes()
    except OSError as error:
        raise InputError("not-readable", f"this cannot be read ({error.strerror})", str(path),
                         "name a PDF file") from None  # fmt: skip
    return Document(pdf, None if whose == EVERYBODY else reference_of(home, whose, "--enclose"), path.name)


def _say_printed(cycle: str, out: Path, printed: Printed, unread: int, as_json: bool) -> None:
    if as_json:
        left_out = [{"envelope": which, "reason": reason} for which, reason in sorted(printed.left_out.items())]
        packs = [asdict(pack) for pack in printed.packs]
        say_json({"cycle": cycle, "out": str(out), "packs": packs, "left_out": left_out, "pages_unread": unread})
        return
    columns = ("pack", "file", "envelopes", "pages", "sheets")
    say_table("Print packs" if printed.packs else "", columns, [tuple(asdict(p).values()) for p in printed.packs])
    if unread:
        click.echo(
            f"{counted(unread, 'page of what is enclosed has', 'pages of what is enclosed have')} "
            "no text to read: look yourself whom they name.",
            err=True,
        )
    for line in _left_out(printed.left_out):
        click.echo(line, err=True)


def _left_out(left_out: Mapping[str, str]) -> list[str]:
    """One line a reason, the gravest first."""
    by_reason = defaultdict(list)
    for which, reason in sorted(left_out.items()):
        by_reason[reason].append(which)
    return [f"  left out: {', '.join(by_reason[r])}: {said}" for r, said in REASONS.items() if r in by_reason]


def _fate(fate: EnvelopeFate, says: str) -> click.Command:
    @click.command(fate, help=f"{says}\n\n\b\nExample: termpost print {fate} --cycle 2021-fall-final --pack 07 "
                              "--home school")  # fmt: skip
    @click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
    @_which
    @click.option("--although-withdrawn", is_flag=True,
                  help="Note one that was taken back and left the house all the same, as an incident.")  # fmt: skip
    @common(decides=True)
    @click.pass_context
    def command(
        context: click.Context, cycle_id: str, pack: str | None, span: str | None, mark: str | None,
        although_withdrawn: bool, home: Home, as_json: bool,
    ) -> None:  # fmt: skip
        which = chosen(pack, span, mark)
        if which == ChosenEnvelopes():
            raise click.UsageError("Say which: --pack NUMBER, --range FROM-TO or --mark MARK.")
        with cycle_lock(home, cycle_id):
            done = record(home, cycle_id, fate, which, OPERATOR, although_withdrawn)
        _say_recorded(fate, done, although_withdrawn, as_json)
        if done.withdrawn and not although_withdrawn:
            context.exit(1)

    return command


def _say_recorded(fate: EnvelopeFate, done: Recorded, although: bool, as_json: bool) -> None:
    if as_json:
        say_json({"fate": fate, **asdict(done)})
        return
    click.echo(f"{counted(len(done.noted), 'envelope')} noted as {fate}, {len(done.already)} were already.")
    if done.withdrawn:
        then = "noted as an incident" if although else (
            "nothing noted; take them out of the post. If they left all the same, add --although-withdrawn"
        )  # fmt: skip
        click.echo(f"  were taken back: {', '.join(done.withdrawn)}: {then}", err=True)


print_command.add_command(_fate("posted", "Envelopes that were posted."))
print_command.add_command(_fate("handed-over", "Envelopes that were handed over at school."))
print_command.add_command(_fate("returned", "Envelopes that came back: the office looks for another way."))

COMMAND = print_command
