"""A folder of pictures with a page that shows them beside each other."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.pdf_text import page_pictures
from termpost.tasks.documents.wording import direction_of, languages, name_alone
from termpost.tasks.papers.gallery.exhibits import ShownSchool, exhibits_of
from termpost.tasks.papers.gallery.pictures import LOOKS, a_browser, page_picture


@dataclass(frozen=True)
class Hung:
    """One exhibit in one language."""

    exhibit: str
    language: str
    file: str  # of what was pictured, below the gallery
    pictures: tuple[str, ...]  # files too


def make_gallery(school: ShownSchool, folder: Path, spoken: Sequence[str] = (), *, pages: bool = True) -> list[Hung]:
    """Writes each page and paper, its pictures, and `index.html`. What lies there by another name stays.

    Args:
        spoken: languages, as BCP 47 tags; without any, all that have words.
        pages: also pictures of pages, which take a browser.

    Raises:
        InputError: `no-browser`; `no-such-language`.
    """
    hung = []
    with ExitStack() as stack:
        browser = stack.enter_context(a_browser()) if pages else None  # first: it may not be there
        for language in spoken or languages():
            for exhibit in exhibits_of(school.speaking(language)):
                file = _write(
                    folder, f"{language}/{exhibit.name}.{'html' if exhibit.is_page else 'pdf'}", exhibit.make()
                )
                pictures = {}
                if not exhibit.is_page:
                    pictures = {f"{n}": png for n, png in enumerate(page_pictures(file.read_bytes()), start=1)}
                elif browser is not None:
                    pictures = {look.name: page_picture(browser, file, look, exhibit) for look in LOOKS}
                names = [f"{language}/{exhibit.name}-{name}.png" for name in pictures]
                for name, png in zip(names, pictures.values(), strict=True):
                    _write(folder, name, png)
                hung.append(Hung(exhibit.name, language, str(file.relative_to(folder)), tuple(names)))
    _write(folder, "index.html", _index(school, hung))
    return hung


def _write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path.resolve()


def _index(school: ShownSchool, hung: Sequence[Hung]) -> bytes:
    spoken = dict.fromkeys(one.language for one in hung)
    page = environment().get_template("gallery.html.j2").render(
        school=school.settings.institution.name,
        languages=[{"tag": tag, "name": name_alone(tag), "direction": direction_of(tag)} for tag in spoken],
        exhibits=[
            {"name": name, "of": [one for one in hung if one.exhibit == name]}
            for name in dict.fromkeys(one.exhibit for one in hung)
        ],
    )  # fmt: skip
    return page.encode()
