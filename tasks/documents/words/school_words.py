"""What a school calls its courses, categories, terms and offices, in another language: `languages/<tag>.po` of a home.

A gettext catalogue, so that any editor of translations opens it: the context is the kind of word, the message the word.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, get_args

from babel.messages.pofile import denormalize, normalize
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.languages import found_as
from termpost.tasks.documents.locale.placeholders import refuse_unlike
from termpost.tasks.documents.spreadsheet import FORMULA

WordKind = Literal["course", "part", "term", "goal", "level", "office", "policy"]
KINDS: Final[tuple[WordKind, ...]] = get_args(WordKind)
FOLDER: Final = "languages"
LONGEST: Final = 300  # characters
SchoolTerms = Mapping[tuple[WordKind, str], str]  # kind and the school's word → its translation
HomeWords = Mapping[str, SchoolTerms]  # by language
NO_WORDS: Final[HomeWords] = {}
_LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)\s+(".*")\s*')
_LANGUAGE = re.compile(r"^Language:[ \t]*([A-Za-z0-9-]+)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Told:
    """One translation as a file has it."""

    kind: str
    word: str
    said: str  # empty: none yet
    where: str  # file and row


def bad(what: str, where: str, remedy: str) -> InputError:
    return InputError("bad-words", what, where, remedy)


def read_words(home: Path, language: str) -> SchoolTerms:
    """The school's words in a language, from the file of that tag or else of the language alone; empty without one.

    Raises:
        InputError: `bad-words`, `bad-placeholder`, with file and row.
    """
    there = sorted(path.stem for path in (home / FOLDER).glob("*.po"))
    tag = found_as(language, there)
    if tag is None:
        return {}
    name = f"{FOLDER}/{tag}.po"
    try:
        text = (home / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise bad("this is no text in UTF-8", name, "save it as UTF-8") from None
    return _terms(text, name, tag)


def words_of_home(home: Path, languages: Iterable[str]) -> HomeWords:
    """The same of several languages. Raises as `read_words`."""
    return {language: read_words(home, language) for language in languages}


@lru_cache(maxsize=32)  # a release asks for the same few files with each letter
def _terms(text: str, name: str, tag: str) -> SchoolTerms:
    written, told = parse_po(text, name)
    if written != tag:
        raise bad(f"the file says that it is in {written or 'no language'}", name, f'write "Language: {tag}\\n"')
    return checked(told)


def checked(told: Iterable[Told]) -> SchoolTerms:
    """Every translation there is. Raises InputError `bad-words`, `bad-placeholder` at the first row that is wrong."""
    found: dict[tuple[WordKind, str], str] = {}
    kinds: dict[str, WordKind] = {kind: kind for kind in KINDS}
    for one in told:
        if one.kind not in kinds:
            raise bad("nobody knows this kind of word", one.where, f"use one of: {', '.join(KINDS)}")
        if not one.said:
            continue
        if FORMULA.match(one.said):
            raise bad(
                "the translation begins like a formula", one.where, "write it as text, without the sign before it"
            )
        if len(one.said) > LONGEST or not one.said.isprintable():
            raise bad("the translation is too long, or has a sign that cannot be printed", one.where, "shorten it")
        refuse_unlike(one.word, one.said, one.where)
        key = (kinds[one.kind], one.word)
        if found.setdefault(key, one.said) != one.said:
            raise bad("this word has another translation further up", one.where, "keep one of them")
    return found


def parse_po(text: str, name: str) -> tuple[str, list[Told]]:
    """The language of the header, and every message with its row. Raises InputError `bad-words`."""
    entries: list[tuple[int, dict[str, str]]] = []
    entry: dict[str, str] = {}
    key = ""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        stripped, found = line.strip(), _LINE.fullmatch(line.strip())
        if found:
            key = found[1]
            if key == "msgctxt" or (key == "msgid" and "msgid" in entry) or not entries:
                entry = {}
                entries.append((number, entry))
            entry[key] = found[2]
        elif stripped.startswith('"') and stripped.endswith('"') and key:
            entry[key] += f"\n{stripped}"
        elif stripped and not stripped.startswith("#"):
            raise bad(
                "this is no line of a gettext catalogue", f"{name} line {number}", "mend it in an editor of .po files"
            )
    language, told = "", []
    for number, one in entries:
        said = {key: denormalize(value) for key, value in one.items()}
        if not said.get("msgid"):
            header = _LANGUAGE.search(said.get("msgstr", ""))
            language = header[1] if header else ""
            continue
        where = f"{name} line {number}"
        told.append(Told(said.get("msgctxt", ""), said["msgid"], said.get("msgstr", "").strip(), where))
    return language, told


def as_po(language: str, words: Iterable[tuple[WordKind, str, str]], about: Mapping[WordKind, str]) -> bytes:
    """A catalogue of kind, word and translation, by kind and word; `about` says of a kind where it stands."""
    parts = [f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"']
    for kind, word, said in sorted(words):
        parts.append(
            f'#. {about[kind]}\nmsgctxt "{kind}"\nmsgid {normalize(word, width=0)}\nmsgstr {normalize(said, width=0)}'
        )
    return ("\n\n".join(parts) + "\n").encode()
