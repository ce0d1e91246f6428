"""`doctor`: is this home safe?"""

from dataclasses import asdict

import click
from termpost.flows.commands.options import common, console, say_json, say_table
from termpost.tasks.home.home import Home
from termpost.tasks.preflight.audit import audit_home
from termpost.tasks.store.interface import FileStore

MARKS = {"holds": "ok", "accepted": "accepted", "lacks": "UNSAFE"}


@click.command()
@click.option("--apply", "to_apply", is_flag=True, help="Set up what may be set up: bucket, versions, rules.")
@common()
def doctor(to_apply: bool, home: Home, as_json: bool) -> int:
    """Audits store, keys, log, mail relay and clock by trying them; exit 1 when unsafe.

    \b
    Example: termpost doctor --home school
    """
    steps = _applied(home) if to_apply else []
    findings = audit_home(home)
    safe = all(one.is_safe for one in findings)
    if as_json:
        applied = [{"step": name, "outcome": outcome} for name, outcome in steps]
        say_json({"ok": safe, "applied": applied, "findings": [asdict(one) for one in findings]})
        return 0 if safe else 1
    if steps:
        say_table("Set up", ("step", "outcome"), steps)
    rows = [(f.control, MARKS[f.state], f.what, f.remedy or None) for f in findings]
    say_table("", ("control", "state", "what was found", "remedy"), rows)
    console().print("safe" if safe else "unsafe: prepare and release refuse a store that lacks a control")
    return 0 if safe else 1


def _applied(home: Home) -> list[tuple[str, str]]:
    if isinstance(home.store, FileStore):
        return [("folder", "nothing to set up: termpost makes it for its owner alone")]
    from termpost.tasks.store.s3.setup import apply  # noqa: PLC0415 - boto3 is slow to import
    from termpost.tasks.store.s3.store import S3Store  # noqa: PLC0415

    return list(apply(home.store, home.settings.privacy)) if isinstance(home.store, S3Store) else []


COMMAND = doctor
