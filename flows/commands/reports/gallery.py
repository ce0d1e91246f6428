"""`gallery`: how everything looks."""

from pathlib import Path

import click
from termpost.flows.commands.options import common, say_json
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.home import Home


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--language", "languages", metavar="TAG", multiple=True,
              help="This language alone; may be given several times. Without it, all that have words.")  # fmt: skip
@click.option("--papers", is_flag=True, help="No pictures of pages, which take a browser.")
@common()
def gallery(folder: Path, languages: tuple[str, ...], papers: bool, home: Home, as_json: bool) -> None:
    """Pictures of every page and paper, in this school's look, of a student who does not exist.

    On a phone, on a desktop, in the dark and on paper, in every language; index.html shows them beside each other.

    \b
    Example: termpost gallery pictures --home school
    Of one language: termpost gallery pictures --language es --home school
    """
    from termpost.tasks.documents.wording import languages as all_languages  # noqa: PLC0415 - what no other command should wait for
    from termpost.tasks.documents.words.school_words import words_of_home  # noqa: PLC0415 - likewise
    from termpost.tasks.papers.gallery.exhibits import ShownSchool  # noqa: PLC0415 - likewise
    from termpost.tasks.papers.gallery.gallery import make_gallery  # noqa: PLC0415 - likewise
    from termpost.tasks.records.retention.list_exhibit import retention_exhibits  # noqa: PLC0415 - likewise
    from termpost.tasks.records.review.review_exhibit import review_exhibits  # noqa: PLC0415 - likewise

    if folder.exists() and any(folder.iterdir()) and not (folder / "index.html").exists():
        raise InputError("not-empty", "there are other things in this folder", str(folder), "name a new folder")
    words = words_of_home(home.path, all_languages())
    kept = (*review_exhibits(home), *retention_exhibits(home))
    school = ShownSchool(home.settings, home.policy, home.calendar, home.today, words, law=home.law,
                         retention=home.retention, kept=kept)  # fmt: skip
    hung = make_gallery(school, folder, languages, pages=not papers)
    pictures = sum(len(one.pictures) for one in hung)
    if as_json:
        say_json({"gallery": str(folder), "exhibits": len(hung), "pictures": pictures})
    else:
        click.echo(
            f"{folder / 'index.html'}: {counted(pictures, 'picture')} of "
            f"{counted(len(hung), 'page or paper', 'pages and papers')}"
        )


COMMAND = gallery
