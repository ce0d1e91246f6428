"""A whole reporting cycle on the public sample district, as a school would run it: `make demo`.

Everything is done by the flows and commands that a school uses. The one thing played here is the registrar's phone:
her authenticator's secret lies in the demo home, where a real school would have it on her phone only.
"""

import argparse
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyotp
from click.testing import CliRunner
from rich.console import Console
from rich.table import Table
from termpost.flows.cli import termpost
from termpost.flows.commands.options import at_home
from termpost.flows.runner import run_flow
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.channels.portal.links import first_page
from termpost.tasks.home.home import Home
from termpost.tasks.log.verify import verify
from termpost.tasks.stage.manifests import read_prepared
from termpost.tasks.stage.waiting import all_holds

EXAMPLES = Path(__file__).parent
CYCLE, DAY, STAFF = "2021-fall-final", "2021-12-17", "mlopez"
err = Console(stderr=True, highlight=False)


def say(line: str) -> None:
    err.print(line, style="bold")


def set_up(folder: Path) -> None:
    """`termpost init` and `termpost staff add`, where that was not done before."""
    if not (folder / "termpost.toml").exists():
        say("1  A home for the school, with fresh secrets")
        command("init", str(folder), "--rehearsal", "--from", str(EXAMPLES / "grand-bend-home"))
    if not at_home(str(folder), None).is_rehearsal:
        raise InputError("old-demo", "this demo home was made by an older version", str(folder),
                         "remove it, or use another --home")  # fmt: skip
    phone = folder / "secrets" / "phone-of-the-registrar.txt"
    if not phone.exists():
        say("2  A registrar who may release, with an authenticator app")
        answer = command(
            "staff", "add", STAFF, "--name", "Maria Lopez", "--role", "registrar", "--home", str(folder), "--json"
        )
        handle = os.open(phone, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(answer.split('"otpauth": "')[1].split('"')[0])


def command(*arguments: str) -> str:
    """What the command prints; its own error otherwise."""
    result = CliRunner().invoke(termpost, arguments, catch_exceptions=False, standalone_mode=False)
    return result.stdout


def release(home: Home) -> bool:
    """The release flow with a code from the registrar's phone; False where nothing was left to do."""
    uri = (home.path / "secrets" / "phone-of-the-registrar.txt").read_text()
    phone = pyotp.TOTP(pyotp.parse_uri(uri).secret)
    for _ in range(2):
        try:
            code = phone.now()
            return bool(run_flow(home, "release_reports", {"cycle_id": CYCLE, "staff": STAFF, "one_time_code": code}))
        except InputError as error:
            if error.code != "code-used":
                raise
            say("   that code was used already; the phone shows the next one in at most 30 s")
            time.sleep(31 - datetime.now(UTC).timestamp() % 30)
    return False


def summary(home: Home, seconds: float) -> Table:
    state = CycleState.fold(CYCLE, home.log.entries())
    prepared = read_prepared(home, CYCLE)
    waiting = all_holds(prepared, state)
    counts = state.counts(len({hold.student for hold in waiting}))
    reasons = Counter(hold.reason for hold in waiting)
    channels = Counter((state.channels[d], kind) for d, kind in state.deliveries.items())
    verdict = verify(home.store, home.keys.log_key.public_key(), home.anchor)
    path, code = first_page(home, CYCLE)
    made = counts["made"]
    table = Table(title=f"Grand Bend, cycle {CYCLE} on {DAY}", show_header=False, title_justify="left")
    for what, value in (
        (
            "students",
            len({r.student for p in prepared for r in p.reports} | {h.student for p in prepared for h in p.holds}),
        ),
        ("reports made", made),
        ("held", ", ".join(f"{n} {reason}" for reason, n in reasons.items()) or counts["held"]),
        ("released", counts["released"]),
        *((f"{channel}: {kind}", n) for (channel, kind), n in sorted(channels.items())),
        ("log", f"{verdict.entries} entries, {'ok' if verdict.ok else 'BROKEN'}"),
        ("time", f"{seconds:.0f} s"),
        ("reports", f"termpost show reports/{prepared[0].school}/{CYCLE}/"),
        ("envelopes", f"termpost show print/{prepared[0].school}/{CYCLE}/"),
        ("a sealed page", path),
        ("its access code", code),
    ):
        table.add_row(what, str(value))
    return table


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--home", type=Path, default=Path("demo"))
    options.add_argument("--extract", type=Path, default=EXAMPLES / "grand-bend")
    given = options.parse_args()
    began = time.monotonic()
    try:
        set_up(given.home)
        home = at_home(str(given.home), DAY)
        before = sum(1 for _ in home.log.entries())
        say("3  prepare-reports: extract, check, load, summarise, render, stage")
        run_flow(home, "prepare_reports", {"cycle_id": CYCLE, "extract": str(given.extract)})
        say("4  release-reports: approve, address, seal, recheck, deliver, record")
        release(home)
    except InputError as error:
        err.print(f"termpost: {error}")
        sys.exit(1)
    Console(width=None if sys.stdout.isatty() else 150, highlight=False).print(summary(home, time.monotonic() - began))
    if sum(1 for _ in home.log.entries()) == before:
        say("Nothing changed: all of this was done by an earlier run.")
    else:
        say("Open the sealed page in a browser and type the code. Then look around:")
        err.print("  .venv/bin/termpost status --home demo\n  .venv/bin/termpost log verify --home demo")


if __name__ == "__main__":
    main()
