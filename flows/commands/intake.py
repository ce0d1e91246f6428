"""`check`, `prepare`, `holds`: from the gradebook to reports that wait."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from flows.commands.distribution import all_holds, prepared_or_none
from flows.commands.people import School
from flows.commands.shape import common, say, say_json, say_table
from schemas.cycle_state import CycleState
from tasks.home import Home


@click.command()
@click.argument("extract", metavar="EXTRACT")
@common(home=False)
def check(extract: str, home: None, as_json: bool) -> int:  # noqa: ARG001
    """Holds an extract against the contracts; writes nothing and needs no home.

    \b
    Example: termpost check gradebook.zip
    """
    from schemas.findings import as_json as check_json  # noqa: PLC0415
    from tasks.check.against_contracts import hold_against_contracts  # noqa: PLC0415 - Great Expectations is slow to import
    from tasks.extract.land import weigh  # noqa: PLC0415
    from tasks.extract.memory import in_memory  # noqa: PLC0415
    from tasks.extract.source import open_source  # noqa: PLC0415
    from tasks.lake import memory_connection  # noqa: PLC0415

    files = open_source(extract)
    weighed = weigh(files)
    connection = memory_connection()
    with in_memory(connection, Path(extract), files) as sources:
        findings = hold_against_contracts(
            connection, sources, weighed.id, Decimal(200), f"{weighed.format}/{weighed.version}"
        )
    value = check_json(findings)
    if as_json:
        say_json(value)
    else:
        _show_check(value)
    return 1 if findings.outcome == "rejected" else 0


def _show_check(value: dict[str, Any]) -> None:
    rows = [(f["name"], f["rows"], f["accepted"], f["quarantined"]) for f in value["files"]]
    say_table(
        f"Extract {value['extract_id'][:12]}: {value['outcome']}", ("file", "rows", "accepted", "quarantined"), rows
    )
    if value["problems"]:
        problems = [
            (p["severity"], p["file"], p["row"], p["column"], p["rule"], p["message"]) for p in value["problems"]
        ]
        say_table("Problems", ("severity", "file", "row", "column", "rule", "message"), problems)
    if value["held_students"]:
        click.echo(f"{len(value['held_students'])} students would be held.")


@click.command()
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@click.option("--extract", metavar="EXTRACT", required=True, help="A folder or a zip.")
@click.option(
    "--confirm-deletions",
    metavar="COUNT",
    type=click.IntRange(min=1),
    help="So many students have left; asked for when an extract takes many away.",
)
@common()
def prepare(cycle_id: str, extract: str, confirm_deletions: int | None, home: Home, as_json: bool) -> None:
    """The prepare flow: reports are made and held. Nothing reaches a family.

    \b
    Example: termpost prepare --cycle 2021-fall-final --extract gradebook.zip --home school
    """
    from flows.running import run_flow  # noqa: PLC0415 - Prefect is slow to import

    made_before = _versions(home)
    parameters = {"cycle_id": cycle_id, "extract": str(extract), "confirm_deletions": confirm_deletions}
    prepared = run_flow(home, "prepare_reports", parameters)
    new = _versions(home) - made_before
    value = [
        {"cycle": p.cycle_id, "school": p.school, "students": p.students, "made": p.made, "held": p.held}
        for p in prepared
    ]
    if as_json:
        say_json({"prepared": value, "new": new})
    else:
        say_table("Prepared", ("cycle", "school", "students", "reports", "held"), [tuple(v.values()) for v in value])
        click.echo(f"{new} report versions are new." if new else "Nothing is new: every report was there already.")


def _versions(home: Home) -> int:
    return len({(e.report, e.version) for e in home.log.entries() if e.kind == "report_made"})


@click.command()
@click.option("--cycle", "cycle_id", metavar="ID", help="One cycle only.")
@common()
def holds(cycle_id: str | None, home: Home, as_json: bool) -> None:
    """Who is held, and why.

    \b
    Example: termpost holds --home school
    """
    chosen = [home.calendar.cycle(cycle_id)] if cycle_id else home.calendar.cycles
    value = []
    for cycle in chosen:
        state = CycleState.fold(cycle.id, home.log.entries())
        prepared = prepared_or_none(home, cycle.id)
        people = School(home, prepared[0].extract_id) if prepared else None
        value += [
            {"cycle": cycle.id, "student": people.student_id(h.student), "class": h.class_id, "reason": h.reason}
            for h in all_holds(prepared, state)
            if people
        ]
    say(as_json, value, "Held", ("cycle", "student", "class", "reason"), [tuple(v.values()) for v in value])


COMMANDS = [check, prepare, holds]
