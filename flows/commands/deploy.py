"""`deploy`: registers the flows with a Prefect server."""

from typing import Any

import click
from termpost.flows.commands.options import common, say
from termpost.tasks.home.home import Home, open_home


@click.command()
@click.option("--extract", metavar="EXTRACT", required=True, help="Where scheduled runs find the extract.")
@click.option("--yaml", "as_yaml", is_flag=True, help="Print a prefect.yaml instead; registers nothing.")
@common()
def deploy(extract: str, as_yaml: bool, home: Home, as_json: bool) -> None:
    """Registers the flows with the Prefect server, prepare-reports with the calendar's dates.

    \b
    Example: termpost deploy --extract /exports/gradebook.zip --home school
    """
    from termpost.flows.deploy import prefect_yaml, register  # noqa: PLC0415 - Prefect is slow to import

    if as_yaml:
        click.echo(prefect_yaml(home.calendar, click.get_current_context().params["home_path"], extract), nl=False)
        return

    registered: list[dict[str, Any]] = register(open_home(home.path), extract)
    say(
        as_json,
        registered,
        "Deployments",
        ("deployment", "schedules"),
        [(d["deployment"], len(d["schedules"])) for d in registered],
    )


COMMAND = deploy
