"""The `termpost` command. A subcommand calls one flow or one query; nothing is decided here."""

import os
import sys
from collections.abc import Sequence

import click
from termpost.flows.commands.listed import ListedGroup, Load
from termpost.schemas.base.errors import InputError, RetryableError

# one function a module, so that only the one asked for is imported


def _setting_up() -> Sequence[click.Command]:
    from termpost.flows.commands.setting_up import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _doctor() -> Sequence[click.Command]:
    from termpost.flows.commands.doctor import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _keys() -> Sequence[click.Command]:
    from termpost.flows.commands.keys import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _intake() -> Sequence[click.Command]:
    from termpost.flows.commands.intake import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _grades() -> Sequence[click.Command]:
    from termpost.flows.commands.grades import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _comments() -> Sequence[click.Command]:
    from termpost.flows.commands.comments import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _holds() -> Sequence[click.Command]:
    from termpost.flows.commands.holds import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _papers() -> Sequence[click.Command]:
    from termpost.flows.commands.papers import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _recipients() -> Sequence[click.Command]:
    from termpost.flows.commands.recipients import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _distribution() -> Sequence[click.Command]:
    from termpost.flows.commands.distribution import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _deliveries() -> Sequence[click.Command]:
    from termpost.flows.commands.deliveries import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _serving() -> Sequence[click.Command]:
    from termpost.flows.commands.serving import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _rights() -> Sequence[click.Command]:
    from termpost.flows.commands.rights import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _printing() -> Sequence[click.Command]:
    from termpost.flows.commands.printing import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _notices() -> Sequence[click.Command]:
    from termpost.flows.commands.notices import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _taking_back() -> Sequence[click.Command]:
    from termpost.flows.commands.taking_back import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _feedback() -> Sequence[click.Command]:
    from termpost.flows.commands.feedback import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _history() -> Sequence[click.Command]:
    from termpost.flows.commands.history import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _migrate() -> Sequence[click.Command]:
    from termpost.flows.commands.migrate import COMMANDS  # noqa: PLC0415

    return COMMANDS


def _contracts() -> Sequence[click.Command]:
    from termpost.flows.commands.contracts import COMMANDS  # noqa: PLC0415

    return COMMANDS


LISTED: list[tuple[str, str, Load]] = [
    ("init", "Makes a home: commented settings, a grading policy, a calendar, fresh secrets.", _setting_up),
    ("staff", "Who may approve, answer, erase.", _setting_up),
    ("deploy", "Registers the flows with the Prefect server, prepare-reports with the calendar's dates.", _setting_up),
    ("doctor", "Audits store, keys, log, mail relay and clock by trying them; exit 1 when unsafe.", _doctor),
    ("keys", "The secrets of a home: custody, backup, rotation, loss.", _keys),
    (
        "migrate",
        "Brings a home that an earlier version made up to the present formats, after a backup of what changes.",
        _migrate,
    ),
    (
        "check",
        "Holds an extract against the contracts; needs no home, and writes nothing but the page you ask for.",
        _intake,
    ),
    ("prepare", "The prepare flow: reports are made and held.", _intake),
    ("grades", "Computes the grades of an extract; writes nothing and needs no home.", _grades),
    ("comments", "Proof-reading: teachers' comments out to a sheet, and what was made of them back.", _comments),
    ("holds", "Who is held and why; also what was decided about it.", _holds),
    (
        "proof",
        "The proof pack for whoever releases: counts, holds, changes, outliers, differences, five stamped reports.",
        _papers,
    ),
    ("paper", "One of the papers beside the reports, as an accessible PDF that only you can read.", _papers),
    (
        "schedule",
        "The distribution schedule: every cycle of calendar.toml with its cut-off, release and last day for questions.",
        _papers,
    ),
    ("export", "Individual PDFs of what is released and an index, for the school's own platform.", _papers),
    (
        "recipients",
        "Who would get what, by which channel and rule; also who would not, and whom nothing reaches.",
        _recipients,
    ),
    (
        "release",
        "The release flow: approves exactly the prepared bytes, seals, rechecks, delivers, records.",
        _distribution,
    ),
    ("stop", "Halts the deliveries of a cycle that is being released; `release` resumes them.", _distribution),
    ("status", "Reports, deliveries and holds by state.", _distribution),
    ("deliveries", "Every delivery with its last state: a report version to a recipient by a channel.", _deliveries),
    ("links", "Signed links to locked pages, where the store is an S3.", _deliveries),
    ("serve", "The portal: shows locked pages at their links and takes receipts.", _serving),
    ("rights", "Decisions of the office about who may have a report, each with the paper it rests on.", _rights),
    (
        "print",
        "Packs for the printer: envelope after envelope, a mark on every page, and a list to sign each pack off.",
        _printing,
    ),
    (
        "notices",
        "Notices by e-mail: a family may ask for no more of them, and keeps its right to every report, on paper.",
        _notices,
    ),
    (
        "withdraw",
        "Takes released reports back: their links say so, their envelopes leave the print area.",
        _taking_back,
    ),
    ("codes", "Access codes for sealed reports, as letters.", _taking_back),
    ("feedback", "What families ask, and when it is due.", _feedback),
    ("log", "The distribution log.", _history),
    ("sql", "Read-only SQL on the history, also while a flow writes; with --as-of, as it was known then.", _history),
    (
        "contracts",
        "The data contracts: owner, version, rules, and what changed since the last released version.",
        _contracts,
    ),
]


@click.group(
    cls=ListedGroup, listed=LISTED, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="termpost", message="%(version)s")
def termpost() -> None:
    """From a school's gradebook extract to progress reports that reach the right family, and a log that proves it.

    \b
    A cycle, start to end:
      termpost init school                                    # once
      termpost check EXTRACT
      termpost prepare --cycle ID --extract EXTRACT --home school
      termpost recipients --cycle ID --home school
      termpost release --cycle ID --by STAFF --otp CODE --home school
      termpost log verify --home school
    """


def main() -> None:
    """Runs the command: exit 0 on success, 1 when the answer is no, 2 on wrong use."""
    os.umask(0o077)  # what is written is its owner's, also by DuckDB and Prefect
    try:
        code = termpost.main(prog_name="termpost", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except InputError as error:
        if os.environ.get("TERMPOST_DEBUG") == "1":
            raise
        click.echo(f"termpost: {error}", err=True)
        sys.exit(1)
    except Exception as error:
        if os.environ.get("TERMPOST_DEBUG") == "1":
            raise
        click.echo(f"termpost: {describe(error)}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def describe(error: Exception) -> str:
    """Kind and place of a fault of termpost itself."""
    from termpost.tasks.runtime.guard import InternalError, redacted  # noqa: PLC0415
    from termpost.tasks.runtime.os_errors import OF_THE_DISK, as_user_error  # noqa: PLC0415 - only a faulty run pays for the imports

    if isinstance(error, OSError) and error.errno not in OF_THE_DISK and error.strerror and error.filename:
        return f"{error.strerror} ({error.filename}): name another place, or mend its permissions"
    error = as_user_error(error) or error
    if isinstance(error, RetryableError):
        return f"{error}: try again in a moment"
    return str(error if isinstance(error, InternalError | InputError) else redacted(error))
