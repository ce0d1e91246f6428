"""`keys`: what secrets a home has, their backup, and their rotation (docs/keys.md)."""

import hashlib
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

import click
from termpost.flows.commands.options import OrderedGroup, at_home, common, say_json, say_table
from termpost.schemas.base.clock import SystemClock
from termpost.schemas.base.counted import counted
from termpost.schemas.log.entry import Entry
from termpost.tasks.custody.backup import BackupNote, Scope, back_up, note_of
from termpost.tasks.custody.backup_place import place_apart, place_of
from termpost.tasks.custody.container import Members, open_backup
from termpost.tasks.custody.inventory import (
    backup_wanted,
    fingerprints,
    last_backup,
    list_secrets,
    public_pem,
    remember_backup,
)
from termpost.tasks.custody.recovery_key import new_recovery_key, read_recovery_key
from termpost.tasks.custody.restore import Restored
from termpost.tasks.custody.restore import restore as restored
from termpost.tasks.custody.rotate_log import rotate_log
from termpost.tasks.custody.rotate_master import rotate_master
from termpost.tasks.home.home import Home, open_home

KEY_FILE = click.option(
    "--key-file", metavar="FILE", type=click.File(encoding="utf-8"),
    help="A file with the recovery key; - is standard input.",
)  # fmt: skip
MISSING = click.option("--missing", is_flag=True, help="Put back only what is missing; what is there stays.")
DESPITE_LOG = click.option(
    "--despite-log", is_flag=True, help="Also where the log does not hold: who was erased may come back."
)


@click.group(cls=OrderedGroup)
def keys() -> None:
    """The secrets of a home: custody, backup, rotation, loss.

    \b
    Example: termpost keys show --home school
    """


@keys.command()
@common()
def show(home: Home, as_json: bool) -> None:
    """Which secrets there are, where each comes from, and when they were last backed up; shows none of them.

    Two fingerprints that agree are of the same secret; nothing can be told from one.

    \b
    Example: termpost keys show --home school
    """
    found, last, wanted = list_secrets(home), last_backup(home), backup_wanted(home)
    absent = {one.name for one in found if one.source in ("missing", "empty variable")}
    is_whole = not absent & {"master.key", "log.key"}
    pem, number_key = (public_pem(home.keys), home.verification.public) if is_whole else ("", "")
    if as_json:
        said = last.model_dump(mode="json") if last else None
        say_json({"secrets": [asdict(one) for one in found], "log_public_key": pem or None,
                  "verification_key": number_key or None, "last_backup": said})  # fmt: skip
        return
    say_table("", ("secret", "from", "mode", "fingerprint"), [tuple(asdict(one).values()) for one in found])
    click.echo(f"Last backup: {last.at:%Y-%m-%d %H:%M} UTC" if last else "Last backup: none known")
    if last and last.home_at:
        click.echo(f"Last backup of the whole home: {last.home_at:%Y-%m-%d %H:%M} UTC")
    if wanted:
        click.echo(f"Note: {wanted}.")
    if pem:
        click.echo(f"\nFor whoever checks the log (docs/log.md), log-public.pem:\n{pem}", nl=False)
        click.echo(f"\nFor the portal, [channels.portal] verification_key (docs/reports.md):\n{number_key}")


@keys.command()
@click.argument("place", metavar="FILE")
@KEY_FILE
@common(decides=True)
def backup(place: str, key_file: TextIO | None, home: Home, as_json: bool) -> None:
    """All secrets, the people and the catalogue in one encrypted file, read back before it counts.

    Without --key-file it makes a recovery key and shows it once: write it down, and keep it apart from the file.

    \b
    Example: termpost keys backup /media/stick/school-2025-10.backup --home school
    """
    write_backup(home, place, key_file, "keys", as_json)


def write_backup(home: Home, given: str, key_file: TextIO | None, scope: Scope, as_json: bool) -> None:
    """What `backup` and `keys backup` do; the log gets the backup's sum."""
    fresh = new_recovery_key() if key_file is None else None
    made = back_up(home, place_apart(given, home), read_recovery_key(key_file.read() if key_file else fresh or ""),
                   scope)  # fmt: skip
    if as_json:
        say_json({"file": made.place, "sha256": made.sha256, "members": sorted(made.members),
                  "left_out": dict(made.left_out), "recovery_key": fresh})  # fmt: skip
    else:
        click.echo(
            f"{made.place}: {counted(len(made.members), 'file')}, {counted(made.size, 'byte')}, read back and opened."
        )
        for name, why in made.left_out.items():
            click.echo(f"  not in it: {name} ({why})")
        if fresh:
            click.echo(f"\n  {fresh}\n\nThe recovery key, shown only now. Write it down; keep it apart from the file.")
    # last: what fails here must not cost the key that was just shown
    remember_backup(home, made.sha256, whole=scope == "home")
    entry = Entry(kind="backed_up", digest=made.sha256, reason=scope, count=made.note.segments)
    home.log.append(f"{scope}-backup", [entry])


@keys.command()
@click.argument("place", metavar="FILE")
@KEY_FILE
@MISSING
@DESPITE_LOG
@common(home=False, as_of_text=True)
def restore(
    place: str, key_file: TextIO | None, missing: bool, despite_log: bool, as_of: str | None,
    home: None, as_json: bool,  # noqa: ARG001 - it need not be a home yet
) -> None:  # fmt: skip
    """Puts keys and catalogue back into a home without secrets, or into an empty folder; overwrites nothing.

    Takes a backup of the whole home too. Whoever the log says was erased since then stays erased. Without --key-file
    it asks for the recovery key.

    \b
    Example: termpost keys restore /media/stick/school-2025-10.backup --home school
    """
    read = read_backup(place, key_file)
    root, done = put_back(read, "keys", missing=missing, despite_log=despite_log, as_of=as_of)
    if as_json:
        say_json({"home": str(root), "members": sorted(done.members), "erased_again": done.erased})
    else:
        say_restored(root, done)


@dataclass(frozen=True)
class ReadBackup:
    """A backup, opened."""

    sha256: str
    members: Members

    @property
    def note(self) -> BackupNote | None:
        return note_of(self.members)


def read_backup(given: str, key_file: TextIO | None) -> ReadBackup:
    """Asks for the recovery key where no file has it, and somebody can type."""
    data = place_of(given).read()
    if key_file is None and not sys.stdin.isatty():
        raise click.UsageError("Missing option '--key-file': nobody can type the recovery key here.")
    typed = key_file.read() if key_file else click.prompt("Recovery key", hide_input=True, err=True)
    return ReadBackup(hashlib.sha256(data).hexdigest(), open_backup(data, read_recovery_key(typed)))


def put_back(
    read: ReadBackup, scope: Scope, *, missing: bool, despite_log: bool, as_of: str | None
) -> tuple[Path, Restored]:
    """What `restore` and `keys restore` do; the log gets the backup's sum, and when it was made."""
    root = Path(click.get_current_context().params["home_path"]).resolve()
    done = restored(
        root, read.members, dict(os.environ), SystemClock(), scope, only_missing=missing, despite_log=despite_log
    )
    if not despite_log:
        since = read.note.at.isoformat() if read.note else None
        entry = Entry(kind="restored", digest=read.sha256, reason=scope, count=done.erased, since=since)
        told = at_home(str(root), as_of)
        (told if told.is_rehearsal else open_home(root)).log.append(f"{scope}-restore", [entry])
    return root, done


def say_restored(root: Path, done: Restored) -> None:
    """What was done, and how one sees that it is right."""
    click.echo(
        f"{root}: {counted(len(done.members), 'file')} put back; "
        f"{counted(done.erased, 'person erased since stays', 'people erased since stay')} erased.\n"
        "Next: termpost log verify --full, then termpost doctor."
    )


@keys.group(cls=OrderedGroup)
def rotate() -> None:
    """A new secret in place of the old one; make a new backup right after.

    \b
    Example: termpost keys rotate master --home school
    """


@rotate.command()
@click.option("--new-codes", is_flag=True, help="All access codes change too: every family needs a new letter.")
@common(decides=True)
def master(new_codes: bool, home: Home, as_json: bool) -> None:
    """A new master secret; everybody's key is wrapped under it, references and codes stay.

    After a leak give --new-codes: whoever copied the old secret can make every code that comes from it.

    \b
    Example: termpost keys rotate master --home school
    """
    # before it is done: an act that is written twice is better than one that is lost
    reason = "master-rotated-new-codes" if new_codes else "master-rotated"
    home.log.append("keys-rotate", [Entry(kind="settings_changed", reason=reason)])
    made = fingerprints(rotate_master(home, new_codes=new_codes))[0]
    if as_json:
        say_json({"rotated": "master", "fingerprint": made, "new_codes": new_codes})
    else:
        codes = "Access codes are new: print code letters" if new_codes else "Access codes are as before"
        click.echo(f"The master secret is {made} now. {codes}. Make a backup now: earlier ones hold the old secret.")


@rotate.command("log")
@common(decides=True)
def rotate_log_key(home: Home, as_json: bool) -> None:
    """A new key signs the log from here on; the chain goes on, and the old key signs nothing more.

    Give the new public key to whoever checks the log (termpost keys show).

    \b
    Example: termpost keys rotate log --home school
    """
    after = rotate_log(home)
    if as_json:
        say_json({"rotated": "log", "fingerprint": fingerprints(after)[1], "log_public_key": public_pem(after)})
    else:
        click.echo(f"The log is signed by {fingerprints(after)[1]} from here on. Make a backup now; publish the key:")
        click.echo(public_pem(after), nl=False)


COMMAND = keys
