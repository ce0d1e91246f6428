"""`log`: what happened."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from termpost.flows.commands.options import OrderedGroup, common, say, say_json
from termpost.flows.commands.source_ids import reference_of
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.home import Home
from termpost.tasks.log.heads import kept_head
from termpost.tasks.log.verify import verify as verify_log


@click.group(cls=OrderedGroup)
def log() -> None:
    """The distribution log.

    \b
    Example: termpost log verify --home school
    """


@log.command()
@click.option("--full", is_flag=True, help="Also read every row, and every object the log names.")
@click.option("--head", "heads", metavar="FILE_OR_SHA", multiple=True,
              help="A head that was published; the log must still hold it. May be given several times.")  # fmt: skip
@common()
def verify(full: bool, heads: tuple[str, ...], home: Home, as_json: bool) -> int:
    """Checks the chain, every signature, the counts and the end of the log; exit 1 when it does not hold.

    \b
    Example: termpost log verify --home school
    Against what was published: termpost log verify --head head-2021-12.json --home school
    """
    from termpost.tasks.home.logged_objects import object_is_as_logged  # noqa: PLC0415

    objects = object_is_as_logged(home) if full else None
    published = [kept_head(head) for head in heads]
    key = home.keys.log_signers
    verdict = verify_log(home.store, key, home.anchor, full=full, published=published, objects=objects)
    anchored = _anchored_at(home.anchor)
    value = {
        "ok": verdict.ok, "segments": verdict.segments, "entries": verdict.entries, "head": verdict.head,
        "broken_at": verdict.broken_at, "anchor": anchored, "published": len(published),
        "end_is_known": bool(anchored or published),
    }  # fmt: skip
    if as_json:
        say_json(value | {"reason": verdict.reason})
    elif verdict.ok:
        known = "ok" if value["end_is_known"] else "ok as far as can be seen"
        click.echo(f"{known}: {verdict.entries} entries in {verdict.segments} segments, head {verdict.head}")
        click.echo(f"  {_held_against(anchored, len(published))}")
    else:
        where = f" at {verdict.broken_at}" if verdict.broken_at else ""  # not every fault lies in one segment
        click.echo(f"broken{where}: {verdict.reason}")
    return 0 if verdict.ok else 1


def _anchored_at(anchor: Path) -> str | None:
    """When this machine last wrote down where the log ends; None where it did not."""
    try:
        return datetime.fromtimestamp(anchor.stat().st_mtime, UTC).isoformat(timespec="seconds")
    except FileNotFoundError:
        return None


def _held_against(anchored: str | None, published: int) -> str:
    """By what is known that nothing was cut off the end, which the chain itself cannot tell."""
    known = [f"the anchor of {anchored}"] if anchored else []
    known += [f"{published} published head{'s' if published > 1 else ''}"] if published else []
    if known:
        return f"its end is held against {' and '.join(known)}"
    return "nothing outside the store says where it ends: bring back the anchor, or give a head with --head"


@log.command()
@common()
def head(home: Home, as_json: bool) -> None:
    """The signed head, to be published where nobody here can change it.

    \b
    Example: termpost log head --home school
    """
    found = home.log.head()
    if found is None:
        raise InputError("empty-log", "the log is empty", "this home", "there is nothing to publish yet")
    value = {"segment": found.segment, "entries": found.entries, "sha256": found.sha256, "signature": found.signature}
    say(as_json, value, "", tuple(value), [tuple(value.values())])


@log.command()
@click.option("--student", metavar="ID", help="Only entries about this student.")
@common()
def export(student: str | None, home: Home, as_json: bool) -> None:  # noqa: ARG001 - the export is JSON always
    """Every entry as one JSON object a line.

    \b
    Example: termpost log export --home school > log.ndjson
    """
    ref = reference_of(home, student, "--student") if student else None
    for entry in home.log.entries():
        if ref in (None, entry.student):
            click.echo(json.dumps(entry.model_dump(mode="json"), sort_keys=True))


COMMAND = log
