"""`check`, `prepare`: from the gradebook to reports that wait."""

from pathlib import Path
from typing import Any

import click
from termpost.flows.commands.options import common, say_json, say_table
from termpost.flows.commands.source_ids import reference_of
from termpost.schemas.base.clock import day_of
from termpost.tasks.home.home import Home


@click.command()
@click.argument("extract", metavar="EXTRACT")
@click.option(
    "--page", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the validation page."
)
@common(home=False, as_of_text=True)
def check(extract: str, page: Path | None, as_of: str | None, home: None, as_json: bool) -> int:  # noqa: ARG001
    """Holds an extract against the contracts; needs no home, and writes nothing but the page you ask for.

    EXTRACT is a folder, a zip, a CSV file, s3://bucket/key, sftp://user@host/path or an https:// OneRoster service.

    \b
    Example: termpost check gradebook.zip --as-of 2021-12-17
    """
    from termpost.schemas.documents.findings import as_json as check_json  # noqa: PLC0415
    from termpost.tasks.check.against_contracts import hold_against_contracts  # noqa: PLC0415 - Great Expectations is slow to import
    from termpost.tasks.check.contracts.check_parameters import CheckParameters  # noqa: PLC0415
    from termpost.tasks.check.validation_page import make_validation_page  # noqa: PLC0415
    from termpost.tasks.extract.from_bytes import in_memory  # noqa: PLC0415
    from termpost.tasks.extract.land import fingerprint  # noqa: PLC0415
    from termpost.tasks.extract.source import open_source  # noqa: PLC0415
    from termpost.tasks.lake.connection import memory_connection  # noqa: PLC0415

    files = open_source(extract)
    weighed = fingerprint(files)
    connection = memory_connection()
    with in_memory(connection, files) as sources:
        terms = CheckParameters(today=day_of(as_of))
        findings = hold_against_contracts(connection, sources, weighed.id, terms, f"{weighed.format}/{weighed.version}")
    if page is not None:
        page.write_bytes(make_validation_page(findings))
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
@click.option(
    "--extract", metavar="EXTRACT", required=True, help="A folder, zip or CSV file; s3://, sftp:// or https://."
)
@click.option(
    "--confirm-deletions",
    metavar="COUNT",
    type=click.IntRange(min=1),
    help="So many students have left; asked for when an extract takes many away.",
)
@click.option(
    "--correct",
    metavar="STUDENT",
    multiple=True,
    help="A student whose released report gets a new version; may be repeated. Nobody else's changes.",
)
@common(decides=True)
def prepare(
    cycle_id: str, extract: str, confirm_deletions: int | None, correct: tuple[str, ...], home: Home, as_json: bool
) -> None:
    """The prepare flow: reports are made and held. Nothing reaches a family.

    \b
    Example: termpost prepare --cycle 2021-fall-final --extract gradebook.zip --home school
    """
    from termpost.flows.runner import run_flow  # noqa: PLC0415 - Prefect is slow to import

    made_before = _versions(home)
    parameters = {
        "cycle_id": cycle_id, "extract": str(extract), "confirm_deletions": confirm_deletions,
        "correct": [reference_of(home, student, "--correct") for student in correct],
    }  # fmt: skip
    prepared = run_flow(home, "prepare_reports", parameters)
    new = _versions(home) - made_before
    value = [
        {
            "cycle": p.cycle_id,
            "school": p.school,
            "students": p.students,
            "made": p.made,
            "held": p.held,
            "draft": p.draft,
        }
        for p in prepared
    ]
    if as_json:
        say_json({"prepared": value, "new": new})
    else:
        columns = ("cycle", "school", "students", "reports", "held", "draft")
        say_table("Prepared", columns, [tuple(v.values()) for v in value])
        click.echo(f"{new} report versions are new." if new else "Nothing is new: every report was there already.")
        if any(p.draft for p in prepared):
            cutoff = home.calendar.cycle(cycle_id).cutoff
            click.echo(f"These are drafts: marks of {cutoff} still count. Prepare again after it, then release.")
        click.echo(f"Before the release, read the proof pack: termpost proof --cycle {cycle_id} --out proof")


def _versions(home: Home) -> int:
    return len({(e.report, e.version) for e in home.log.entries() if e.kind == "report_made"})


COMMANDS = [check, prepare]
