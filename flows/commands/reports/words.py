"""`words`: what the school calls its courses, categories, terms and offices, in the languages of its families."""

from pathlib import Path

import click
from termpost.flows.commands.options import OrderedGroup, common, say_json
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.words.school_words import FOLDER
from termpost.tasks.home.home import Home
from termpost.tasks.papers.words.exchange import export_words, import_words
from termpost.tasks.runtime.private_files import write_private


@click.group(cls=OrderedGroup)
def words() -> None:
    """The school's own words, out to whoever translates them and back into the home.

    \b
    Example: termpost words export --language es --out words-es.xlsx --home school
    """


@words.command()
@click.option("--language", metavar="TAG", required=True, help="One of [institution] languages.")
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="A workbook (.xlsx) or a gettext catalogue (.po); a file that is there is replaced.")  # fmt: skip
@click.option("--cycle", "cycle_id", metavar="ID", help="A cycle of calendar.toml; without it every prepared one.")
@common()
def export(language: str, out: Path, cycle_id: str | None, home: Home, as_json: bool) -> None:
    """Writes every word that prepared reports print, with where it stands and its translation, if there is one.

    \b
    Example: termpost words export --language es --out words-es.po --home school
    """
    exported = export_words(home, language, out, cycle_id)
    write_private(out, exported.data)
    if as_json:
        say_json({"file": str(out), "language": language, "words": exported.words, "lacking": exported.lacking})
    else:
        click.echo(f"{out}: {counted(exported.words, 'word')}, {exported.lacking:,} without a translation")


@words.command("import")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--language", metavar="TAG", help="Refuses a file in another language.")
@common(decides=True)
def import_(file: Path, language: str | None, home: Home, as_json: bool) -> None:
    """Takes a translated file in: all of it or, where a row is wrong, nothing. The next prepare uses it.

    \b
    Example: termpost words import words-es.xlsx --home school
    """
    if not file.is_file():
        raise InputError("no-file", "there is no such file", str(file), "name the file that was exported")
    written, known = import_words(home, file, language)
    if as_json:
        say_json({"language": written, "translated": known, "file": f"{FOLDER}/{written}.po"})
    else:
        click.echo(f"{FOLDER}/{written}.po: {counted(known, 'word is', 'words are')} translated")


COMMAND = words
