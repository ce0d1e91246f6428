"""`notices`: who is no longer told by e-mail that a report is there."""

from pathlib import Path

import click
from termpost.flows.commands.options import OrderedGroup, common, say_json
from termpost.schemas.base.counted import counted
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.notice_wishes import RESUMED, STOPPED, unsubscribed
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.home.staff_changes import OPERATOR
from termpost.tasks.papers.plain_letter import make_plain_letters
from termpost.tasks.papers.plain_letters_due import letter_entries, plain_letters_due
from termpost.tasks.runtime.atomic_files import write_durably


@click.group(cls=OrderedGroup)
def notices() -> None:
    """Notices by e-mail: a family may ask for no more of them, and keeps its right to every report, on paper.

    \b
    Example: termpost notices stop --recipient C778167 --home school
    """


def _wish(home: Home, recipient: str, reason: str, as_json: bool) -> None:
    ref = str(reference_of(home, recipient, "--recipient"))
    has_stopped = ref in unsubscribed(home.log.entries("settings_changed"))
    if has_stopped != (reason == STOPPED):  # saying it again adds nothing
        home.log.append("notices", [Entry(kind="settings_changed", actor=OPERATOR, recipient=ref, reason=reason)])
    if as_json:
        say_json({"recipient": recipient, "notices": reason == RESUMED})
    elif reason == STOPPED:
        click.echo("No more notices by e-mail; reports go to them on paper.")
    else:
        click.echo("Notices go to them again, as the record allows.")


@notices.command()
@click.option("--recipient", metavar="ID", required=True, help="A contact, or a student, by the id in users.csv.")
@common(decides=True)
def stop(recipient: str, home: Home, as_json: bool) -> None:
    """Somebody asked for no more notices, by the link in one or otherwise: from now on they get paper alone.

    \b
    Example: termpost notices stop --recipient C778167 --home school
    """
    _wish(home, recipient, STOPPED, as_json)


@notices.command()
@click.option("--recipient", metavar="ID", required=True, help="A contact, or a student, by the id in users.csv.")
@common(decides=True)
def resume(recipient: str, home: Home, as_json: bool) -> None:
    """They want notices again.

    \b
    Example: termpost notices resume --recipient C778167 --home school
    """
    _wish(home, recipient, RESUMED, as_json)


@notices.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF to write.")
@common(decides=True)
def letters(out: Path, home: Home, as_json: bool) -> None:
    """Letters to whom neither an e-mail nor a text message reached; each is due until it was written once.

    \b
    Example: termpost notices letters --out letters.pdf --home school
    """
    due = plain_letters_due(home)
    if due:
        words = words_of_home(home.path, home.settings.institution.languages)
        made = make_plain_letters(home.settings, [letter for _, letter in due], home.today, words)
        about = [entry for entry, _ in due]
        home.log.append("notices", letter_entries(about, "planned", OPERATOR))
        write_durably(out, made)
        home.log.append("notices", letter_entries(about, "sent", OPERATOR))
    if as_json:
        say_json({"letters": len(due), "file": str(out) if due else None})
    else:
        click.echo(f"{counted(len(due), 'letter')}: {out}" if due else "Nobody is due a letter.")


COMMAND = notices
