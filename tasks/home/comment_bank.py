"""The bank of sentences that comments name by code: those that ship, and a home's own in comment-bank.csv.

A sentence is printed in the language of whoever reads it, so it stands in every language; `{name}` and `{course}` in
it are filled then.
"""

import csv
import io
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.languages import found_as
from termpost.schemas.base.shipped import TEMPLATES
from termpost.schemas.documents.comments import KINDS, CommentKind, codes_of
from termpost.tasks.home.home import Home

SHIPPED = TEMPLATES / "comment_bank.csv"
OWN = "comment-bank.csv"  # in the home
PLACEHOLDERS = frozenset({"name", "course"})
FIXED = ("code", "kind")  # columns; every other one is a language


@dataclass(frozen=True)
class Sentence:
    """One sentence in its languages."""

    code: str
    kind: CommentKind
    texts: Mapping[str, str]  # BCP 47 → sentence

    def of(self, language: str) -> str | None:
        """The sentence for a language, a region's from the language it is of; None where there is none."""
        found = found_as(language, tuple(self.texts))
        return self.texts[found] if found else None


@dataclass(frozen=True)
class Bank:
    """Sentences by code, in order; each has every language that the school offers."""

    sentences: Mapping[str, Sentence]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self.sentences)

    def of(self, code: str) -> Sentence:
        """Raises InputError `unknown-code`: the bank has it no more."""
        if code not in self.sentences:
            remedy = "put the sentence back, or have the comment changed"
            raise InputError("unknown-code", f"a comment names the sentence {code}, which is not in the bank", OWN,
                             remedy)  # fmt: skip
        return self.sentences[code]


@cache
def shipped_bank() -> Bank:
    """The sentences that ship."""
    return Bank({one.code: one for _, one in _read(SHIPPED.read_bytes(), SHIPPED.name)})


def bank_of(home: Home) -> Bank:
    """Those that ship, and over them the home's own.

    Raises:
        InputError: `bad-bank`: what is wrong with comment-bank.csv, and in which line.
    """
    return bank_in(home.path, home.settings.institution.languages)


def bank_in(folder: Path, offered: Sequence[str]) -> Bank:
    """The same of a folder and the languages that a school offers."""
    own: dict[str, Sentence] = {}
    if (folder / OWN).is_file():
        for line, sentence in _read((folder / OWN).read_bytes(), OWN):
            lacking = [language for language in offered if sentence.of(language) is None]
            if lacking:
                what = f"{sentence.code} has no sentence in {', '.join(lacking)}"
                raise _bad(what, line, "write it: the school offers that language")
            own[sentence.code] = sentence
    return Bank({
        code: sentence for code, sentence in {**shipped_bank().sentences, **own}.items()
        if all(sentence.of(language) for language in offered)
    })  # fmt: skip


def _read(data: bytes, name: str) -> list[tuple[int, Sentence]]:
    """The sentences of a file in its order, each with the line that it ends in."""
    lines = csv.reader(io.StringIO(data.decode("utf-8-sig", errors="replace"), newline=""), strict=True)
    try:
        data.decode("utf-8-sig")
        header = [cell.strip() for cell in next(lines, [])]
        rows = [(lines.line_num, [cell.strip() for cell in cells]) for cells in lines]
    except (UnicodeDecodeError, csv.Error):
        raise InputError("bad-bank", "the file cannot be read", name, "save it as CSV UTF-8") from None
    languages = header[len(FIXED) :]
    if tuple(header[: len(FIXED)]) != FIXED or not languages or len(set(header)) < len(header):
        raise _bad("the header is not code, kind and a column for each language", 1, "see docs/comments.md", name)
    found: dict[str, tuple[int, Sentence]] = {}
    for line, cells in rows:
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise _bad("the line has another number of cells than the header", line,
                       "put a sentence that has a comma into quotes", name)  # fmt: skip
        sentence = _sentence(cells, languages, line, name)
        if sentence.code in found:
            raise _bad(f"{sentence.code} is there twice", line, "take one out", name)
        found[sentence.code] = line, sentence
    return list(found.values())


def _sentence(cells: Sequence[str], languages: Sequence[str], line: int, name: str) -> Sentence:
    code, kind = cells[0].upper(), next((kind for kind in KINDS if kind == cells[1]), None)
    if len(codes_of(code)) != 1:
        raise _bad("a code is one word", line, "write one such as S40", name)
    if kind is None:
        raise _bad(f"{code} has an unknown kind", line, f"use one of {', '.join(KINDS)}", name)
    texts = {language: text for language, text in zip(languages, cells[len(FIXED) :], strict=True) if text}
    if not texts:
        raise _bad(f"{code} says nothing", line, "write the sentence, in each language of the school", name)
    has = {language: _placeholders(text, code, language, line, name) for language, text in texts.items()}
    wanted = frozenset().union(*has.values())
    for language, placeholders in has.items():
        if placeholders != wanted:
            missing = ", ".join(f"{{{one}}}" for one in sorted(wanted - placeholders))
            raise _bad(
                f"{code} lacks {missing} in {language}", line, "use the same placeholders in each language", name
            )
    return Sentence(code, kind, texts)


def _placeholders(text: str, code: str, language: str, line: int, name: str) -> frozenset[str]:
    try:
        found = [(field, spec, how) for _, field, spec, how in string.Formatter().parse(text) if field is not None]
    except ValueError:
        raise _bad(f"{code} has a brace without its pair in {language}", line, "close it", name) from None
    for field, spec, how in found:
        if field not in PLACEHOLDERS or spec or how:
            raise _bad(f"{code} has the unknown placeholder {{{field}}} in {language}", line,
                       "use {name} and {course} only", name)  # fmt: skip
    return frozenset(field for field, _, _ in found)


def _bad(what: str, line: int, remedy: str, name: str = OWN) -> InputError:
    return InputError("bad-bank", what, f"{name}, line {line}", remedy)
