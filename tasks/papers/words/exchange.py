"""The school's words out to whoever translates them, and what they made of them back into the home."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.words.report_words import printed_words
from termpost.tasks.documents.words.school_words import (
    FOLDER,
    Told,
    WordKind,
    as_po,
    bad,
    checked,
    parse_po,
    read_words,
)
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.prepared import reports_in, schools_of
from termpost.tasks.papers.words.workbook import read_workbook, words_workbook
from termpost.tasks.runtime.atomic_files import write_durably

ABOUT: Final[Mapping[WordKind, str]] = {
    "course": "the title of a course",
    "part": "a category of work, or a grading period, under a course and in how grades are worked out",
    "term": "the term, or the report's own title, at its head",
    "goal": "a learning goal (a standard)",
    "level": "how far a learning goal is reached",
    "office": "whom families ask",
    "policy": "a policy, at the end of the report",
}
PrintedWords = frozenset[tuple[WordKind, str]]


@dataclass(frozen=True)
class Exported:
    """What was written out, and how many of the words have no translation yet."""

    data: bytes
    words: int
    lacking: int


def words_of(home: Home, cycle_id: str | None) -> PrintedWords:
    """Every word that the reports of a cycle print; without one, those of every cycle that is prepared.

    Raises:
        InputError: `unknown-cycle`, `not-prepared`.
    """
    cycles = [cycle_id] if cycle_id else [cycle.id for cycle in home.calendar.cycles]
    found: set[tuple[WordKind, str]] = set()
    missing: InputError | None = None
    with open_lake(home.lake) as lake:
        for name in cycles:
            try:
                schools = schools_of(home, lake, name)
            except InputError as error:
                if error.code != "not-prepared":
                    raise
                missing = error
                continue
            for school in schools:
                for report in reports_in(home, lake, school, school.students).values():
                    found |= printed_words(report)
    if not found and missing:
        raise missing
    return frozenset(found)


def export_words(home: Home, language: str, file: Path, cycle_id: str | None) -> Exported:
    """A workbook or a gettext catalogue, by the ending of the file: the lacking words first in a workbook.

    Raises:
        InputError: `wrong-language`, `unknown-cycle`, `not-prepared`, `bad-words`.
    """
    _offered(home, language)
    kind = _ending(file)
    printed, known = words_of(home, cycle_id), read_words(home.path, language)
    rows = [(what, word, known.get((what, word), "")) for what, word in sorted(printed)]
    lacking = sum(not said for _, _, said in rows)
    if kind == ".po":
        return Exported(as_po(language, rows, ABOUT), len(rows), lacking)
    table = [(what, word, said, ABOUT[what]) for what, word, said in sorted(rows, key=lambda row: bool(row[2]))]
    return Exported(words_workbook(language, table), len(rows), lacking)


def import_words(home: Home, file: Path, language: str | None = None) -> tuple[str, int]:
    """Takes a translated file in: what it says goes over what the home's file says, and the rest of that stays.

    Returns its language and how many words have a translation now.

    Raises:
        InputError: `wrong-language`, `bad-words`, `bad-placeholder`, `not-prepared`, with file and row.
    """
    written, told = _read(file)
    _offered(home, written, file.name)
    if language and language != written:
        raise _wrong(f"the file is in {written}, and not in {language}", file.name, "name the right file or language")
    new, old, printed = checked(told), read_words(home.path, written), words_of(home, None)
    _refuse_unknown(told, printed | old.keys())
    merged: dict[tuple[WordKind, str], str] = {**old, **new}
    rows = [(kind, word, merged.get((kind, word), "")) for kind, word in printed | merged.keys()]
    folder = home.path / FOLDER
    folder.mkdir(exist_ok=True)
    write_durably(folder / f"{written}.po", as_po(written, rows, ABOUT))
    return written, len(merged)


def _read(file: Path) -> tuple[str, list[Told]]:
    try:
        if _ending(file) == ".xlsx":
            return read_workbook(file)
        return parse_po(file.read_text(encoding="utf-8"), file.name)
    except UnicodeDecodeError:
        raise bad("this is no text in UTF-8", file.name, "save it as UTF-8") from None
    except OSError:
        raise bad("the file cannot be read", str(file), "name a file that is there") from None


def _ending(file: Path) -> str:
    if file.suffix.lower() not in (".xlsx", ".po"):
        raise bad("this is neither a workbook nor a gettext catalogue", str(file), "name it .xlsx or .po")
    return file.suffix.lower()


def _offered(home: Home, language: str, where: str = "--language") -> None:
    offered = home.settings.institution.languages
    if language not in offered:
        what = f"the school offers no reports in {language}" if language else "the file does not say its language"
        raise _wrong(what, where, f"use one of [institution] languages: {', '.join(offered)}")


def _wrong(what: str, where: str, remedy: str) -> InputError:
    return InputError("wrong-language", what, where, remedy)


def _refuse_unknown(told: Iterable[Told], known: Iterable[tuple[WordKind, str]]) -> None:
    there = set(known)
    for one in told:
        if one.said and (one.kind, one.word) not in there:
            what = "no report prints this word"
            raise bad(what, one.where, "take the row out, or leave kind and word as they were exported")
