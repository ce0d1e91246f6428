"""The `termpost` command. A subcommand calls one flow or one query; nothing is decided here."""

import os
import sys

import click
from termpost.flows.commands import (
    comments,
    contracts,
    deliveries,
    distribution,
    doctor,
    feedback,
    grades,
    history,
    holds,
    intake,
    keys,
    notices,
    papers,
    printing,
    recipients,
    rights,
    serving,
    setting_up,
    taking_back,
)
from termpost.flows.commands.options import Group
from termpost.schemas.base.errors import InputError, RetryableError


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
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


for module in (
    setting_up, doctor, keys, intake, grades, comments, holds, papers, recipients, distribution, deliveries,
    serving, rights, printing, notices, taking_back, feedback, history, contracts,
):  # fmt: skip
    for command in module.COMMANDS:
        termpost.add_command(command)


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
    from termpost.tasks.runtime.guard import Broken, reduced  # noqa: PLC0415
    from termpost.tasks.runtime.os_errors import OF_THE_DISK, world_refused  # noqa: PLC0415 - only a faulty run pays for the imports

    if isinstance(error, OSError) and error.errno not in OF_THE_DISK and error.strerror and error.filename:
        return f"{error.strerror} ({error.filename}): name another place, or mend its permissions"
    error = world_refused(error) or error
    if isinstance(error, RetryableError):
        return f"{error}: try again in a moment"
    return str(error if isinstance(error, Broken | InputError) else reduced(error))
