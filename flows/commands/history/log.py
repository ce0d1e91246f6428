"""`log`: what happened."""

import base64
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import click
from termpost.flows.commands.options import OrderedGroup, common, say, say_json
from termpost.flows.commands.staff_auth import log_refusal
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.custody.accept_end import accept_end
from termpost.tasks.custody.told_head import remember_head
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.log.checkpoint import Verifier, grown_since, is_note, read_checkpoint, read_verifier, verifier_at
from termpost.tasks.log.end_words import NO_LOG, RESTORED, end_said
from termpost.tasks.log.heads import kept_head, kept_note
from termpost.tasks.log.refusals import OF_THE_END
from termpost.tasks.log.segments import BrokenError
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
@click.option("--checkpoint", "notes", metavar="FILE", multiple=True,
              help="The same of a checkpoint, with or without the lines of witnesses.")  # fmt: skip
@click.option("--witness", "witnesses", metavar="VKEY", multiple=True,
              help="The key of a witness (name+id+key), who must have signed one of the checkpoints.")  # fmt: skip
@common()
def verify(
    full: bool, heads: tuple[str, ...], notes: tuple[str, ...], witnesses: tuple[str, ...], home: Home, as_json: bool
) -> int:  # fmt: skip
    """Checks the chain, every signature, the counts and the end of the log; exit 1 when it does not hold.

    \b
    Example: termpost log verify --home school
    Against what was published: termpost log verify --head head-2021-12.json --home school
    Against what others signed: termpost log verify --checkpoint cosigned.txt --witness w.example+1a2b3c4d+B...
    """
    from termpost.tasks.home.logged_objects import object_is_as_logged  # noqa: PLC0415

    objects = object_is_as_logged(home) if full else None
    published = [*map(kept_head, heads), *map(kept_note, notes)]
    verifiers = [read_verifier(text) for text in witnesses]
    key = home.keys.log_signers
    verdict = verify_log(home.store, key, home.anchor, full=full, published=published, objects=objects)
    try:
        cosigned, unsigned = _cosigned(published, verifiers) if verdict.ok else ([], [])
    except BrokenError as broken:
        verdict, cosigned, unsigned = replace(verdict, ok=False, reason=broken.reason), [], []
    if unsigned:
        raise InputError("not-cosigned", "no checkpoint that was given is signed by this witness", unsigned[0],
                         "give the checkpoint with the witness's line in --checkpoint")  # fmt: skip
    said = end_said(home.anchor, verdict.end, len(published))
    value = {
        "ok": verdict.ok, "segments": verdict.segments, "entries": verdict.entries, "head": verdict.head,
        "broken_at": verdict.broken_at, "object": verdict.object, "anchor": said.anchored, "published": len(published),
        "end_is_known": said.is_known, "checkpoint": verdict.checkpoint or None,
        "cosigned": [{"witness": name, "at": at, "entries": size} for name, at, size in cosigned],
    }  # fmt: skip
    if as_json:
        say_json(value | {"reason": verdict.reason})
    elif verdict.ok:
        known = "ok" if said.is_known else "ok as far as can be seen"
        click.echo(
            f"{known}: {counted(verdict.entries, 'entry', 'entries')} in "
            f"{counted(verdict.segments, 'segment')}, head {verdict.head}"
        )
        click.echo(f"  {said.text}")
        for name, at, size in cosigned:
            click.echo(f"  {name} signed {size} of its entries{f' on {at}' if at else ''}")
    else:
        where = f" at {verdict.broken_at}" if verdict.broken_at else ""  # not every fault lies in one segment
        what = f" ({verdict.object})" if verdict.object else ""
        click.echo(f"broken{where}: {verdict.reason}{what}")
        if verdict.reason == "truncated" and not verdict.segments:
            click.echo(f"  {NO_LOG}", err=True)
        if verdict.reason in OF_THE_END:
            click.echo(f"  {RESTORED}", err=True)
    return 0 if verdict.ok else 1


def _cosigned(
    published: Sequence[str], verifiers: Sequence[Verifier]
) -> tuple[list[tuple[str, str | None, int]], list[str]]:  # fmt: skip
    """Who signed what of the checkpoints when, and the witnesses who signed none of them."""
    checkpoints = [read_checkpoint(text) for text in published if is_note(text)]
    found: list[tuple[str, str | None, int]] = []
    for verifier in verifiers:
        signed = ((verifier.signed(one), one.size) for one in checkpoints)
        found += [(verifier.name, at.isoformat() if isinstance(at, datetime) else None, n) for at, n in signed if at]
    return found, [one.name for one in verifiers if one.name not in {name for name, _, _ in found}]


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
    remember_head(home, found.segment)
    value = {"segment": found.segment, "entries": found.entries, "sha256": found.sha256, "signature": found.signature}
    say(as_json, value, "", tuple(value), [tuple(value.values())])


@log.command()
@click.option("--since", metavar="ENTRIES", type=click.IntRange(min=0),
              help="With the proof that it only grew since so many, as a witness asks for it.")  # fmt: skip
@click.option("--vkey", is_flag=True, help="The log's key as others' tools take it, instead.")
@common()
def checkpoint(since: int | None, vkey: bool, home: Home, as_json: bool) -> None:
    """The newest head as a C2SP checkpoint (signed note), for other people's witnesses to sign.

    \b
    Example: termpost log checkpoint --home school > checkpoint.txt
    For a witness that signed 120 entries last: termpost log checkpoint --since 120 --home school
    """
    found = home.log.checkpoint()
    if found is None:
        raise InputError("empty-log", "the log is empty", "this home", "there is nothing to sign yet")
    newest, note = found[0], found[1].decode()
    remember_head(home, newest.segment)
    key = str(verifier_at(home.keys.log_signers, newest.segment))
    proof = [] if since is None else grown_since(home.store, home.keys.log_signers, newest.place, since)
    lines = [base64.b64encode(one).decode() for one in proof]
    if as_json:
        say_json({"checkpoint": note, "vkey": key, "since": since, "proof": lines})
    elif vkey:
        click.echo(key)
    else:
        asked = [] if since is None else [f"old {since}", *lines, ""]
        click.echo("".join(f"{line}\n" for line in asked) + note, nl=False)


@log.command()
@click.option("--by", metavar="STAFF", required=True, help="Who accepts: a registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="That person's one-time code.")
@common(decides=True)
def accept(by: str, otp: str, home: Home, as_json: bool) -> None:
    """The log ends where it does: of a home or a store that came back from a copy. Logged, by name.

    Only where everything but the end holds. What was published before still says that there was more.

    \b
    Example: termpost log accept --by mlopez --otp 123456 --home school
    """
    try:
        done = accept_end(home, by, otp)
    except Refused as refusal:
        with suppress(InputError):  # a log that does not hold takes no entry; the tries of a code are counted anyway
            log_refusal(home, by, "log-accept", refusal)
        raise
    if as_json:
        say_json({"by": done.by, "segments": done.segments, "lost": done.lost, "reason": done.doubt})
    else:
        lost = (
            f"; {counted(done.lost, 'segment')} that this home remembered {'is' if done.lost == 1 else 'are'} not in it"
            if done.lost
            else ""
        )
        click.echo(
            f"Accepted by {done.by}: the log has {counted(done.segments, 'segment')}{lost}. It goes on from there."
        )


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
