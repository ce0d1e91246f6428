"""Acts of registered staff at the command line: a refused attempt leaves its closed reason code in the log."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from termpost.schemas.base.errors import Refused
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import Home


@contextmanager
def refusals_logged(home: Home, staff_id: str, run: str) -> Iterator[None]:
    """Around what a person must prove themselves for. Anybody may type anything as --by, so only a known id is kept."""
    try:
        yield
    except Refused as refusal:
        log_refusal(home, staff_id, run, refusal)
        raise


def log_refusal(home: Home, staff_id: str, run: str, refusal: Refused) -> None:
    known = staff_id if staff_id in {member.id for member in home.staff.list()} else "unknown"
    home.log.append(run, [Entry(kind="refused", actor=known, reason=refusal.code)])


def asked_code() -> str:
    """The one-time code, typed after all that was said; where nobody can type, it must be an option."""
    if not sys.stdin.isatty():
        raise click.UsageError("Missing option '--otp'.")
    return str(click.prompt("One-time code", hide_input=True, err=True))


def words_of(note_file: Path | None, *, needed: bool = False) -> str | None:
    """What was given as --note-file (- is standard input); where words are needed, standard input without it."""
    if note_file is None and not (needed and not sys.stdin.isatty()):
        return None
    return said_words(None, note_file)


def said_words(text: str | None, note_file: Path | None) -> str:
    """What was given as --text, else what is in --note-file (- is standard input), else what standard input has."""
    if text is not None:
        return text
    return sys.stdin.read() if note_file is None or str(note_file) == "-" else note_file.read_text(encoding="utf-8")
