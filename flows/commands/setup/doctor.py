"""`doctor`: is this home safe?"""

from collections.abc import Sequence

import click
from termpost.flows.commands.options import common, console, say_json, say_table
from termpost.tasks.home.home import Home
from termpost.tasks.preflight.audit import audit_home
from termpost.tasks.preflight.fix import fix_home
from termpost.tasks.preflight.machine import audit_machine
from termpost.tasks.preflight.prefect_server import audit_server
from termpost.tasks.preflight.public_address import audit_public_address
from termpost.tasks.store.finding import Finding

MARKS = {"holds": "ok", "accepted": "accepted", "warns": "warning", "lacks": "UNSAFE"}


@click.command()
@click.option(
    "--fix", "--apply", "to_fix", is_flag=True, help="Set up what may be: bucket, versions, rules, modes of files."
)
@common()
def doctor(to_fix: bool, home: Home, as_json: bool) -> int:
    """Audits store, keys, log, relay, clock, server, worker and portal by trying them; exit 1 when unsafe.

    \b
    Example: termpost doctor --home school
    """
    steps = list(fix_home(home)) if to_fix else []
    findings = [*audit_home(home), *audit_machine(home), *audit_server(home), *audit_public_address(home)]
    safe = all(one.is_safe for one in findings)
    if as_json:
        applied = [{"step": name, "outcome": outcome} for name, outcome in steps]
        say_json({"ok": safe, "applied": applied, "findings": [_as_json(one) for one in findings]})
        return 0 if safe else 1
    if steps:
        say_table("Set up", ("step", "outcome"), steps)
    rows = [(f.control, MARKS[f.state], f.what, f.remedy or None) for f in findings]
    say_table("", ("control", "state", "what was found", "remedy"), rows)
    for line in verdict(findings):
        console().print(line)
    return 0 if safe else 1


def verdict(findings: Sequence[Finding]) -> list[str]:
    """What follows: which of it stops runs, and which only this command says."""
    unsafe = [one for one in findings if not one.is_safe]
    stops = list(dict.fromkeys(one.control for one in unsafe if one.stops_runs))
    goes_on = list(dict.fromkeys(one.control for one in unsafe if not one.stops_runs))
    said = [f"unsafe: prepare and release refuse until this is mended: {', '.join(stops)}"] if stops else []
    if goes_on:
        said.append(f"unsafe, though prepare and release do not refuse for it: {', '.join(goes_on)}")
    return said or ["safe"]


def _as_json(one: Finding) -> dict[str, str | bool]:
    return {
        "control": one.control, "state": one.state, "what": one.what, "remedy": one.remedy,
        "stops_runs": one.stops_runs and not one.is_safe,
    }  # fmt: skip


COMMAND = doctor
