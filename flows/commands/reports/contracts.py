"""`contracts`: what the data contracts promise, whether they kept it, their documentation; two extracts compared."""

from typing import Any

import click
from termpost.flows.commands.options import OrderedGroup, common, say_json, say_table
from termpost.flows.commands.without_home import read_extract
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.shipped import CONTRACTS
from termpost.tasks.check.contracts.contract_page import contracts_page
from termpost.tasks.check.contracts.released_versions import ContractStanding, release, standings


@click.group(cls=OrderedGroup, invoke_without_command=True)
@click.option("--check", "only_check", is_flag=True, help="Compare with the released versions; exit 1 on a break.")
@click.option("--docs", is_flag=True, help="Write docs/contracts.md anew.")
@click.option("--release", "keep", is_flag=True, help="Keep what changed as its next version; raises too low numbers.")
@common(home=False)
@click.pass_context
def contracts(
    context: click.Context, only_check: bool, docs: bool, keep: bool, home: None, as_json: bool  # noqa: ARG001 - the same for every command
) -> int:  # fmt: skip
    """The data contracts: owner, version, rules, and what changed since the last released version.

    \b
    Example: termpost contracts --check
    """
    if context.invoked_subcommand is not None:
        return 0
    kept = release() if keep else ()
    if docs:
        _write_docs()
    found = standings()
    if as_json:
        say_json([_row(standing) for standing in found])
    else:
        _show(found, kept)
    return 1 if only_check and any(standing.broken for standing in found) else 0


@contracts.command()
@click.argument("before", metavar="EXTRACT")
@click.argument("now", metavar="EXTRACT")
@common(home=False, home_text=True)
def diff(before: str, now: str, home: None, home_path: str, as_json: bool) -> None:  # noqa: ARG001 - as above
    """Files and columns that are new or gone, and columns whose cells look otherwise, from one extract to another.

    Nothing is judged: see what an update of the source changed, before `check` says what it means.

    \b
    Example: termpost contracts diff last-term.zip gradebook.zip
    """
    from termpost.tasks.formats.extract_difference import difference  # noqa: PLC0415 - `--help` can wait for no reader

    files = [read_extract(extract, "UTC", home_path)[0] for extract in (before, now)]
    changes = difference(*files)
    if as_json:
        said = ("file", "column", "change", "before", "now")
        say_json([{name: getattr(change, name) for name in said} for change in changes])
    elif changes:
        rows = [(c.file, c.column, c.change, c.before, c.now) for c in changes]
        say_table("From the first extract to the second", ("file", "column", "change", "before", "now"), rows)
    else:
        click.echo("Both have the same files and columns, and their cells look the same.")


def _write_docs() -> None:
    target = CONTRACTS.parent / "docs" / "contracts.md"
    if not target.parent.is_dir():
        raise InputError("no-docs", "there is no folder docs/", str(target.parent), "run this in the source tree")
    target.write_text(contracts_page(), encoding="utf-8")


def _row(standing: ContractStanding) -> dict[str, Any]:
    return {
        "dataset": standing.dataset,
        "owner": standing.owner,
        "version": standing.version,
        "rules": standing.rules,
        "released": standing.released,
        "needed": standing.needed,
        "broken": standing.broken,
        "changes": [{"kind": c.kind, "where": c.where, "what": c.what} for c in standing.changes],
    }


def _show(found: tuple[ContractStanding, ...], kept: tuple[ContractStanding, ...]) -> None:
    rows = [(s.dataset, s.owner, s.version, s.rules, s.released, _state(s)) for s in found]
    say_table("Data contracts", ("dataset", "owner", "version", "rules", "released", "state"), rows)
    for standing in found:
        for change in standing.changes:
            click.echo(f"{standing.dataset}: {change}")
    for standing in kept:
        click.echo(f"{standing.dataset}: kept as {standing.version}")


def _state(standing: ContractStanding) -> str:
    if standing.broken:
        return f"changed: must be {standing.needed} or higher"
    return "changed" if standing.changes or standing.version != standing.released else "as released"


COMMAND = contracts
