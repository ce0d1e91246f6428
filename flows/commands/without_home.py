"""What `check` and `grades` go by, which need no home: options, the environment, and a home's files where it is one."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.own_contract import OwnContracts
from termpost.schemas.documents.findings import Findings
from termpost.schemas.settings.attendance import AttendanceSettings
from termpost.schemas.settings.calendar import FILE as CALENDAR
from termpost.schemas.settings.calendar import is_zone, load_calendar
from termpost.schemas.settings.grading import GradingPolicy, load_grading
from termpost.schemas.settings.settings import FILE as SETTINGS
from termpost.schemas.settings.settings import load_settings
from termpost.tasks.extract.inventory import ExtractFiles
from termpost.tasks.extract.land import Fingerprint

if TYPE_CHECKING:
    from termpost.tasks.check.last_extract import LastExtract
    from termpost.tasks.extract.access import Access

VARIABLE = "TERMPOST_CALENDAR__TIMEZONE"
GRADING = "grading.toml"
SHOWN = 12  # rows of one sentence


def timezone_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --timezone."""
    return click.option(
        "--timezone", metavar="ZONE", envvar=VARIABLE,
        help=f"The school's time zone, as America/Chicago; without it that of the home's {CALENDAR}.",
    )(function)  # fmt: skip


def timezone_of(given: str | None, home: str) -> str | None:
    """The school's zone by its IANA name; None where nobody says it.

    Raises:
        InputError: `unknown-timezone`; or of the home's calendar, where it is wrong.
    """
    if given is not None:
        if not is_zone(given):
            raise InputError("unknown-timezone", "this time zone is not known", "--timezone",
                             'use an IANA name such as "America/Chicago"')  # fmt: skip
        return given
    return load_calendar(Path(home), os.environ).timezone if (Path(home) / CALENDAR).is_file() else None


def policy_of(home: str) -> GradingPolicy | None:
    """The grading policy of the home; None where there is no home."""
    path = Path(home) / GRADING
    return load_grading(path, os.environ) if path.is_file() else None


def attendance_of(home: str) -> AttendanceSettings:
    """How the home reads attendance; as shipped where there is no home."""
    there = (Path(home) / SETTINGS).is_file()
    return load_settings(Path(home), os.environ).attendance if there else AttendanceSettings()


def own_rules_of(home: str) -> OwnContracts:
    """What contracts/ of the home says; nothing where there is no home.

    Raises:
        InputError: of a rule that is broken, or loosens what nobody has accepted.
    """
    from termpost.tasks.check.contracts.own_rules import own_contracts_of  # noqa: PLC0415 - slow to import

    if not (Path(home) / SETTINGS).is_file():
        return OwnContracts()
    return own_contracts_of(Path(home), load_settings(Path(home), os.environ).checks.accept)


def last_loaded_of(home: str, extract_id: str) -> "LastExtract | None":
    """What the home's history knows of the extract loaded last; None where there is no home, or nothing in it."""
    from termpost.tasks.check.last_extract import last_extract_of  # noqa: PLC0415 - slow to import
    from termpost.tasks.home.home import open_home  # noqa: PLC0415

    if not (Path(home) / SETTINGS).is_file():
        return None
    return last_extract_of(open_home(home), extract_id)


def say_what_the_policy_lacks(findings: Findings) -> None:
    """`check` without the policy only warns of these, so it is said here what they are."""
    found = [p for p in findings.problems if p.rule == "lowest-mark" and p.severity == "error" and p.row]
    if found:
        rows = ", ".join(str(problem.row) for problem in found[:SHOWN]) + (", …" if len(found) > SHOWN else "")
        where = f"{found[0].file} row{'' if len(found) == 1 else 's'} {rows}"
        click.echo(f"termpost: {found[0].message} ({where}): {found[0].remedy}", err=True)


def read_extract(extract: str, timezone: str | None, home: str) -> tuple[ExtractFiles, Fingerprint]:
    """The files of an extract and what it is; says so where its instants will be days of no school's zone.

    Args:
        home: its `[source]` and secrets reach a source that is away, where it is one; else the environment alone.
    """
    from termpost.tasks.extract.address import read_address  # noqa: PLC0415
    from termpost.tasks.extract.land import fingerprint  # noqa: PLC0415
    from termpost.tasks.extract.source import open_source  # noqa: PLC0415
    from termpost.tasks.formats.registry import format_named  # noqa: PLC0415

    zone = None if timezone is None else ZoneInfo(timezone)
    files = open_source(extract, replace(_access(home), zone=zone))
    weighed = fingerprint(files)
    has_instants = format_named(weighed.form).has_instants or read_address(extract).scheme == "https"
    if has_instants and timezone is None:
        click.echo(
            "termpost: its instants are read as UTC, so work due in the evening may be due a day later:"
            " say the school's time zone with --timezone",
            err=True,
        )
    return files, weighed


def _access(home: str) -> "Access":
    """Without a place to keep what came: these commands write nothing."""
    from termpost.tasks.extract.access import Access, access_by_environment  # noqa: PLC0415 - `--help` can wait for no client

    if not (Path(home) / SETTINGS).is_file():
        return access_by_environment(os.environ)
    return Access(load_settings(Path(home), os.environ).source, os.environ, Path(home))
