"""`migrate`: a home of an earlier version is brought up to the formats of this one."""

import click
from termpost.flows.commands.options import common, say_json
from termpost.tasks.home.home import Home, open_home


@click.command()
@click.option("--dry-run", is_flag=True, help="Only list the steps that would run.")
@common(home=False)
def migrate(dry_run: bool, home: Home | None, as_json: bool) -> None:  # noqa: ARG001 - opened here, also half migrated
    """Brings a home that an earlier version made up to the present formats, after a backup of what changes.

    \b
    Example: termpost migrate --home school
    """
    from termpost.tasks.migrate.migrate import migrate as bring_up  # noqa: PLC0415 - every command would pay for DuckDB

    path = click.get_current_context().params["home_path"]
    done = bring_up(open_home(path, half_migrated=True), dry_run=dry_run)
    if as_json:
        steps = [{"step": name, "brings": says} for name, says in done.steps]
        backup = str(done.backup) if done.backup else None
        say_json({"steps": steps, "dry_run": dry_run, "backup": backup, "finished": done.finished,
                  "unverified": dict(done.unverified)})  # fmt: skip
        return
    if not done.steps:
        click.echo("Nothing to do: this home is of the present formats.")
        return
    if done.finished:
        click.echo("An earlier migration was interrupted; it is finished now.")
    for name, says in done.steps:
        click.echo(f"{'would run' if dry_run else 'done'}: {name}  {says}")
    for place, count in done.unverified:
        click.echo(f"taken as found, since the log says nothing of it: {count} × {place}")
    if done.backup:
        click.echo(f"What was changed lies as it was in {done.backup}; remove it once all is well.")


COMMAND = migrate
