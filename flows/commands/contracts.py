"""`contracts`: what the data contracts promise, whether they kept it, and their documentation."""

from typing import Any

import click
from termpost.flows.commands.options import common, say_json, say_table
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.shipped import CONTRACTS
from termpost.tasks.check.contracts.contract_page import contracts_page
from termpost.tasks.check.contracts.released_versions import ContractStanding, release, standings


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Compare with the released versions; exit 1 on a break.")
@click.option("--docs", is_flag=True, help="Write docs/contracts.md anew.")
@click.option("--release", "keep", is_flag=True, help="Keep what changed as its next version; raises too low numbers.")
@common(home=False)
def contracts(only_check: bool, docs: bool, keep: bool, home: None, as_json: bool) -> int:  # noqa: ARG001
    """The data contracts: owner, version, rules, and what changed since the last released version.

    \b
    Example: termpost contracts --check
    """
    kept = release() if keep else ()
    if docs:
        _write_docs()
    found = standings()
    if as_json:
        say_json([_row(standing) for standing in found])
    else:
        _show(found, kept)
    return 1 if only_check and any(standing.broken for standing in found) else 0


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
