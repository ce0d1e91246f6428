"""`check`: an extract against the contracts."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from termpost.flows.commands.options import common, say_json, say_table
from termpost.flows.commands.without_home import (
    attendance_of,
    last_loaded_of,
    own_rules_of,
    policy_of,
    read_extract,
    timezone_of,
    timezone_option,
)
from termpost.schemas.base.clock import day_of
from termpost.schemas.base.counted import counted
from termpost.tasks.check.row_spans import row_spans

if TYPE_CHECKING:
    from termpost.schemas.documents.findings import Findings, Problem

SPANS = 6  # runs of rows of one line


@click.command()
@click.argument("extract", metavar="EXTRACT")
@click.option(
    "--page", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the validation page."
)
@timezone_option
@common(home=False, as_of_text=True, home_text=True)
def check(
    extract: str, page: Path | None, timezone: str | None, as_of: str | None, home: None, home_path: str,  # noqa: ARG001
    as_json: bool,
) -> int:  # fmt: skip
    """Holds an extract against the contracts; needs no home, and writes nothing but the page you ask for.

    Where --home is one, its grading policy (which must fit the extract), time zone, words of attendance, own rules
    (contracts/) and [source] count, and it is told what the extract lacks that the one loaded last had.

    EXTRACT is a folder, a zip, a tar.gz, a workbook (.xlsx), a CSV file, s3://bucket/key, sftp://user@host/path or an
    https:// OneRoster service.

    \b
    Example: termpost check gradebook.zip --as-of 2021-12-17
    """
    from termpost.schemas.documents.findings import as_json as check_json  # noqa: PLC0415
    from termpost.tasks.check.against_contracts import hold_against_contracts  # noqa: PLC0415 - slow to import
    from termpost.tasks.check.contracts.check_parameters import CheckParameters  # noqa: PLC0415
    from termpost.tasks.check.inserts import insert_flaws, with_inserts  # noqa: PLC0415
    from termpost.tasks.check.validation_page import make_validation_page  # noqa: PLC0415
    from termpost.tasks.extract.from_bytes import in_memory  # noqa: PLC0415
    from termpost.tasks.lake.connection import memory_connection  # noqa: PLC0415

    policy, zone, own = policy_of(home_path), timezone_of(timezone, home_path), own_rules_of(home_path)
    files, weighed = read_extract(extract, zone, home_path)
    connection = memory_connection()
    with in_memory(connection, files) as sources:
        words = frozenset(attendance_of(home_path).known())
        terms = CheckParameters.by_policy(
            policy, today=day_of(as_of), timezone=zone or "UTC", attendance_words=words, own=own,
            last=last_loaded_of(home_path, weighed.id),
        )  # fmt: skip
        terms = replace(terms, policy=policy)
        findings = hold_against_contracts(connection, sources, weighed.id, terms, weighed.form, files.skipped)
        findings = with_inserts(connection, findings, insert_flaws(files.inserts))
    if page is not None:
        page.write_bytes(make_validation_page(findings))
    value = check_json(findings)
    if as_json:
        say_json(value)
    else:
        _show_check(value, findings)
    return 1 if findings.outcome == "rejected" else 0


# schemas/documents/findings.py, SkipReason
WHY = {
    "system-file": "left by an operating system or an office program",
    "readme": "a text for people",
    "marker": "a marker, or an empty file",
    "checksum": "a checksum or signature, which is not compared",
    "empty-sheet": "a sheet without a cell",
    "not-used": "nothing in it is of use to a report",
    "older": "a newer export of the same is there",
    "unknown": "no contract knows it",
}


def _show_check(value: dict[str, Any], findings: "Findings") -> None:
    rows = [(f["name"], f["rows"], f["accepted"], f["quarantined"]) for f in value["files"]]
    say_table(
        f"Extract {value['extract_id'][:12]}: {value['outcome']}", ("file", "rows", "accepted", "quarantined"), rows
    )
    if findings.problems:
        columns = ("severity", "file", "column", "rule", "count", "rows", "message", "remedy")
        say_table("Problems", columns, list(_grouped(findings)))
    if value["skipped"]:
        say_table("Skipped: not read", ("file", "why"), [(f["name"], WHY[f["why"]]) for f in value["skipped"]])
    if value["held_students"]:
        click.echo(f"{counted(len(value['held_students']), 'student')} would be held.")


def _grouped(findings: "Findings") -> Iterator[tuple[object, ...]]:
    """One line for what is said alike, however many rows it is said of; `--json` and the page have each."""
    said: defaultdict[tuple[object, ...], list[Problem]] = defaultdict(list)
    for p in findings.problems:
        said[p.severity, p.file, p.column, p.rule, p.message, p.remedy].append(p)
    listed = Counter((p.file, p.rule, p.severity) for p in findings.problems)
    for (severity, file, column, rule, message, remedy), found in said.items():
        yield severity, file, column, rule, len(found), _rows(found) or None, message, remedy
    for one in findings.counts:
        if (more := one.count - listed[one.file, one.rule, one.severity]) > 0:
            yield one.severity, one.file, None, one.rule, more, None, "more of the same, which are not listed", None


def _rows(problems: "Sequence[Problem]") -> str:
    spans = row_spans(p.row for p in problems if p.row)
    return ", ".join(spans[:SPANS]) + (", …" if len(spans) > SPANS else "")


COMMAND = check
