"""The `termpost` command. A subcommand calls one flow or one query; nothing is decided here."""

import os
import sys

import click
from termpost.flows.commands.listed import ListedGroup
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.runtime.private_process import keep_private

# each is a module below flows/commands, which is imported only when it is asked for
LISTED = [
    ("setup.init", "Makes a home: commented settings, a grading policy, a calendar, fresh secrets."),
    ("setup.staff", "Who may approve, answer, erase."),
    ("setup.calendar", "The school's days and reporting cycles, from what other systems know of them."),
    ("setup.deploy", "Registers the flows with the Prefect server, prepare-reports with the calendar's dates."),
    (
        "setup.doctor",
        "Audits store, keys, log, relay, clock, server, worker and portal by trying them; exit 1 when unsafe.",
    ),
    (
        "setup.law",
        "What the law of the place asks, line by line with its source, and who at the school compared it with the law.",
    ),
    ("setup.policy", "The procedure as this home does it: staff acknowledge it each year."),
    ("setup.keys", "The secrets of a home: custody, backup, rotation, loss."),
    (
        "setup.backup",
        "The whole home and its catalogue in one encrypted file, or an s3:// object; read back before it counts.",
    ),
    (
        "setup.restore",
        "Makes a home again from a backup, the store and its log, in any folder; never over one that lives.",
    ),
    (
        "setup.migrate",
        "Brings a home that an earlier version made up to the present formats, after a backup of what changes.",
    ),
    (
        "reports.check",
        "Holds an extract against the contracts; needs no home, and writes nothing but the page you ask for.",
    ),
    ("reports.prepare", "The prepare flow: reports are made and held."),
    ("reports.grades", "Computes the grades of an extract; writes nothing and needs no home."),
    ("reports.comments", "Proof-reading: teachers' comments out to a sheet, and what was made of them back."),
    ("reports.words", "The school's own words, out to whoever translates them and back into the home."),
    ("reports.holds", "Who is held and why, and what is to be decided about grades; also what was decided about it."),
    (
        "reports.grades_complete",
        "A teacher signs a class off, which settles its blanks; without a class it is the school's word.",
    ),
    ("reports.warnings", "Progress notices: a teacher names a course on one, or takes it off, each with the reason."),
    (
        "reports.proof",
        "The proof pack for whoever releases: counts, holds, changes, outliers, differences, five stamped reports.",
    ),
    ("reports.paper", "One of the papers beside the reports, as an accessible PDF that only you can read."),
    (
        "reports.schedule",
        "The distribution schedule: every cycle of calendar.toml with its cut-off, release and last day for questions.",
    ),
    ("reports.gallery", "Pictures of every page and paper, in this school's look, of a student who does not exist."),
    ("families.export", "Individual PDFs of what is released and an index, for the school's own platform."),
    (
        "families.recipients",
        "Who would get what, by which channel and rule; also who would not, and whom nothing reaches.",
    ),
    (
        "families.approve",
        "Approves a whole release beforehand, or one school's; nothing goes out before somebody releases it.",
    ),
    ("families.release", "The release flow: approves exactly the prepared bytes, seals, rechecks, delivers, records."),
    ("families.stop", "Halts the deliveries of a cycle that is being released; `release` resumes them."),
    ("families.status", "Reports, deliveries and holds by state; reports also by school."),
    ("families.deliveries", "Every delivery with its last state: a report version to a recipient by a channel."),
    ("families.links", "Signed links to locked pages, where the store is an S3."),
    ("families.serve", "The portal: shows locked pages and doors, and takes receipts and messages."),
    ("families.rights", "Decisions of the office about who may have a report, each with the paper it rests on."),
    (
        "families.print",
        "Packs for the printer: envelope after envelope, a mark on every page, and a list to sign each pack off.",
    ),
    (
        "families.notices",
        "Notices by e-mail: a family may ask for no more of them, and keeps its right to every report, on paper.",
    ),
    ("families.withdraw", "Takes released reports back: their links say so, their envelopes leave the print area."),
    ("families.codes", "Access codes for sealed reports: handed over against a signature, or sent as letters."),
    ("families.feedback", "What families ask, and when it is due."),
    ("families.meetings", "Meetings with families: when staff can be met, what is offered, agreed on and called off."),
    (
        "families.deadlines",
        "What is due and what is overdue, of reports, families, records and this home; exit 1 if anything is overdue.",
    ),
    ("families.metrics", "The counts of status and deadlines for Prometheus; no label names a person."),
    ("history.log", "The distribution log."),
    ("history.records", "Records about people: seen, handed on, kept and let go, each by a registered person."),
    ("history.incident", "Incidents: what went wrong with reports, who got what, whose clock runs, and who was told."),
    (
        "history.review",
        "The yearly review: a year's numbers from the log as page, paper and JSON, and the evidence by section.",
    ),
    ("history.show", "Opens an object of the store for a registered person; the log says who."),
    ("history.sql", "Read-only SQL on the history, also while a flow writes; with --as-of, as it was known then."),
    (
        "history.backfill",
        "Reads a past term into the history, known from now on; no report is made of it, and nobody's rights change.",
    ),
    (
        "reports.contracts",
        "The data contracts: owner, version, rules, and what changed since the last released version.",
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
    keep_private()
    try:
        code = termpost.main(prog_name="termpost", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        click.echo(f"termpost: {wrong_use(error)}", err=True)
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


def wrong_use(error: click.ClickException) -> str:
    """What is wrong, with which command, and where that stands: one line, as every other error."""
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "termpost"
    said = " ".join(error.format_message().split()).rstrip(".")
    return f"{said} ({command}): see `{command} --help`"


def describe(error: Exception) -> str:
    """Kind and place of a fault of termpost itself."""
    from termpost.tasks.runtime.guard import InternalError, redacted  # noqa: PLC0415
    from termpost.tasks.runtime.os_errors import OF_THE_DISK, as_user_error  # noqa: PLC0415 - only a faulty run pays for the imports

    if isinstance(error, OSError) and error.errno not in OF_THE_DISK and error.strerror and error.filename:
        return f"{error.strerror} ({error.filename}): name another place, or fix its permissions"
    error = as_user_error(error) or error
    if isinstance(error, RetryableError):
        return f"{error}: try again in a moment"
    return str(error if isinstance(error, InternalError | InputError) else redacted(error))
