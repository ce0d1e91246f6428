"""`metrics`: what a monitor watches."""

from pathlib import Path

import click
from prometheus_client.parser import text_string_to_metric_families
from termpost.flows.commands.options import common, say_json
from termpost.tasks.deadlines.metrics import make_metrics
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.private_files import write_public

ENDING = ".prom"


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="A file in the folder of node_exporter's textfile collector, which reads no other names "
              "than those that end in .prom.")  # fmt: skip
@common()
def metrics(out: Path | None, home: Home, as_json: bool) -> None:
    """The counts of status and deadlines for Prometheus; no label names a person.

    On standard output, or with --out in a file that others can read, there whole or not at all.
    docs/telemetry.md has every metric.

    \b
    Example: termpost metrics --home school
             termpost metrics --out /var/lib/prometheus/node-exporter/termpost.prom --home school
    """
    if out and as_json:
        raise click.UsageError("--out or --json: one of them.")
    if out and out.suffix != ENDING:
        raise click.BadParameter(
            f"its name must end in {ENDING}, or the collector does not read it", param_hint="--out"
        )
    made = make_metrics(home)
    if as_json:
        families = text_string_to_metric_families(made.decode())
        say_json([{"name": one.name, "labels": one.labels, "value": one.value} for f in families for one in f.samples])
    elif out:
        write_public(out, made)
        click.echo(f"Written to {out}.")
    else:
        click.echo(made, nl=False)


COMMAND = metrics
