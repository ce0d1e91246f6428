"""`deploy`: registers the flows with a Prefect server."""

import json
from typing import Any

import click
from termpost.flows.commands.options import common, say, say_json
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.home import Home


@click.command()
@click.option("--extract", metavar="EXTRACT", required=True, help="Where scheduled runs find the extract.")
@click.option("--name", metavar="NAME", help="The institution's name on the server; from termpost.toml by default.")
@click.option("--pool", metavar="POOL", help="Work pool; `termpost` at first, then the one they have.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="A further tag of each deployment; may be repeated.")
@click.option(
    "--job-variable",
    "variables",
    metavar="KEY=VALUE",
    multiple=True,
    help="Of the work pool's template, such as image=... or env.TZ=UTC; may be repeated.",
)
@click.option("--moved", is_flag=True, help="What another folder deployed by this name is this home, moved here.")
@click.option("--notify", metavar="TYPE/NAME", help="Notification block that tells people what goes wrong or waits.")
@click.option("--diff", "only_diff", is_flag=True, help="Say what would change; change nothing.")
@click.option("--yaml", "as_yaml", is_flag=True, help="Print a prefect.yaml instead; registers nothing.")
@common(home_text=True)
def deploy(
    extract: str, name: str | None, pool: str | None, tags: tuple[str, ...], variables: tuple[str, ...], moved: bool,
    notify: str | None, only_diff: bool, as_yaml: bool, home: Home, as_json: bool, home_path: str,
) -> None:  # fmt: skip
    """Registers the flows with the Prefect server, prepare-reports with the calendar's dates.

    Deploying again keeps what an admin set in the UI: what is paused, limits, further tags, job variables. It says what
    it changed; --diff says so first.

    \b
    Example: termpost deploy --extract /exports/gradebook.zip --home school
    """
    from termpost.flows.deployments.register import (  # noqa: PLC0415 - Prefect is slow to import
        deployed_names,
        plan_for,
        prefect_server,
        register,
    )
    from termpost.flows.deployments.wanted import Placed, checked_name, name_of, wanted  # noqa: PLC0415 - as above
    from termpost.flows.deployments.yaml_file import prefect_yaml  # noqa: PLC0415 - as above

    institution = home.written.institution  # without the mark of a rehearsal
    placed = Placed(checked_name(name) if name else name_of(institution.short_name or institution.name), pool, tags,
                    _job_variables(variables))  # fmt: skip
    if as_yaml:
        click.echo(prefect_yaml(wanted(home.calendar, home_path, extract, home.today), placed), nl=False)
        return
    if only_diff:
        with prefect_server() as client:
            plan = plan_for(client, home, extract, placed, moved=moved, notify=notify)
    else:
        plan = register(home, extract, placed, moved=moved, notify=notify)
    changes = [change.as_json() for change in plan.changes]
    if as_json:
        say_json({"name": placed.name, "deployments": list(deployed_names(plan)), "changes": changes,
                  "dates_passed": list(plan.over), "changed": not only_diff})  # fmt: skip
        return
    rows = [tuple(change[key] for key in ("deployment", "act", "what", "before", "after")) for change in changes]
    if rows:
        say(False, None, "What would change" if only_diff else "What was changed",
            ("deployment", "act", "what", "before", "after"), rows)  # fmt: skip
    number = counted(len(plan.deployments), "deployment")
    click.echo(f"{number} by the name {placed.name}" + ("." if rows else ": nothing to change."))
    if plan.over:
        click.echo(f"No schedule, since their dates have passed: {', '.join(plan.over)}.")


def _job_variables(given: tuple[str, ...]) -> dict[str, Any]:
    """`env.NAME=value` is a variable of the environment; a value that is JSON is taken as such, but for those."""
    found: dict[str, Any] = {}
    for one in given:
        key, is_there, value = one.partition("=")
        if not is_there or not key.strip("."):
            raise InputError("bad-job-variable", "this is no KEY=VALUE", "--job-variable",
                             "write --job-variable image=registry.example.org/termpost:1.0")  # fmt: skip
        if key.startswith("env."):
            found.setdefault("env", {})[key.removeprefix("env.")] = value
            continue
        try:
            found[key] = json.loads(value)
        except ValueError:
            found[key] = value
    return found


COMMAND = deploy
