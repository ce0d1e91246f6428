"""`make docs`, first step: the pages that mkdocs sets, in build/docs.

What lies in docs/ is taken as it is, with links that lead out of it turned into paths of the repository; beside it come
the project's own pages (changelog, contributing, security) and the reference, which is written from the code. Exit 1
where something in the code has no words.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import reference

ROOT = Path(__file__).parents[2]
DOCS, TARGET = ROOT / "docs", ROOT / "build" / "docs"
PROJECT = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security-policy.md"}
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
LIST = re.compile(r"^(?:[-*]|\d+\.) ")


def build() -> list[str]:
    """Fills build/docs; gives back what of the code has no words."""
    shutil.rmtree(TARGET, ignore_errors=True)
    shutil.copytree(DOCS, TARGET)
    for path in sorted(TARGET.rglob("*.md")):
        path.write_text(as_page(path.read_text(), DOCS / path.relative_to(TARGET)))
    for name, page in PROJECT.items():
        (TARGET / "project").mkdir(exist_ok=True)
        (TARGET / "project" / page).write_text(as_page((ROOT / name).read_text(), ROOT / name, TARGET / "project"))
    (TARGET / "decisions" / "index.md").write_text(decisions())
    missing = []
    (TARGET / "reference").mkdir()
    for name, make in reference.PAGES.items():
        text, undocumented = make()
        (TARGET / "reference" / name).write_text(text)
        missing += [f"{name}: {what}" for what in undocumented]
    return missing


def as_page(text: str, source: Path, place: Path | None = None) -> str:
    """The text with links as the site has them, and with the blank line that Markdown wants before a list.

    Args:
        source: where it lies in the repository, by which its links go.
        place: the folder where it will lie; the same below build/docs as below docs/ where empty.
    """
    here = place or (TARGET / source.relative_to(DOCS)).parent
    text = LINK.sub(lambda link: _linked(link[1], link[2], source.parent, here), text)
    return "\n".join(_spaced(text.splitlines())) + "\n"


def _linked(words: str, target: str, base: Path, here: Path) -> str:
    path, _, anchor = target.partition("#")
    if "://" in target or target.startswith("mailto:") or not path:
        return f"[{words}]({target})"
    file = (base / path).resolve()
    if file == DOCS / "decisions":
        file /= "index.md"
    if file.is_relative_to(DOCS):
        leads = TARGET / file.relative_to(DOCS)
    elif file.parent == ROOT and file.name in PROJECT:
        leads = TARGET / "project" / PROJECT[file.name]
    else:
        shown = f"`{file.relative_to(ROOT)}`" if file.is_relative_to(ROOT) else f"`{path}`"
        return words if words == shown else f"{words} ({shown})"
    up = Path(_relative(leads, here)).as_posix()
    return f"[{words}]({up}{'#' if anchor else ''}{anchor})"


def _relative(target: Path, base: Path) -> str:
    ups = 0
    while not target.is_relative_to(base):
        base, ups = base.parent, ups + 1
    return "../" * ups + target.relative_to(base).as_posix()


def _spaced(lines: list[str]) -> Iterator[str]:
    """As GitHub reads it, a list begins without a blank line before it."""
    is_code, before = False, ""
    for line in lines:
        if line.lstrip().startswith("```"):
            is_code = not is_code
        if not is_code and LIST.match(line) and before.strip() and not LIST.match(before) and before[0] not in " |":
            yield ""
        yield line
        before = line


def decisions() -> str:
    """A list of the decisions by their headings."""
    rows = []
    for path in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        title = path.read_text().partition("\n")[0].lstrip("# ")
        rows.append(f"- [{title}]({path.name})")
    return "# Decisions\n\nChoices worth arguing about, one page each.\n\n" + "\n".join(rows) + "\n"


def main() -> int:
    missing = build()
    for one in missing:
        print(f"docs: nothing is said of {one}", file=sys.stderr)  # noqa: T201 - its output
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
