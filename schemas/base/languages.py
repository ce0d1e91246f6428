"""Finds the best available match for a language that is asked for (BCP 47, CLDR likely subtags)."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.core import get_global

ReportFormat = Literal["html", "pdf"]
FORMATS: tuple[ReportFormat, ...] = ("html", "pdf")


def found_as(language: str, among: Sequence[str]) -> str | None:
    """The tag among others that serves for a tag: the same, else by language and script, else by language; or none.

    A region says the script where nothing else does: `zh-CN` is served by `zh-Hans`, `zh-TW` is not.
    """
    return next((tag for tag in _serving(language) if tag in among), None)


@lru_cache(maxsize=1_000)  # asked of every sentence, and taking a tag apart reads files
def _serving(language: str) -> tuple[str, ...]:
    """The tags that serve for one, the best first; none for what is no tag."""
    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return ()
    likely = get_global("likely_subtags")
    usual = likely.get(f"{locale.language}_{locale.territory}") or likely.get(locale.language) or locale.language
    script = locale.script or Locale.parse(usual).script
    return language, f"{locale.language}-{script}", locale.language


def best_language(asked: str | None, offered: Sequence[str]) -> str:
    """The one of the school's languages for a person; its first where it has none that serves, or none is known."""
    return (found_as(asked, offered) if asked else None) or offered[0]


def first_language(asked: Iterable[str | None], offered: Sequence[str]) -> str:
    """The same for a person on record in several places, of which the first that names a language counts."""
    return best_language(next((language for language in asked if language), None), offered)


INSERT = "insert.pdf"  # what goes with a report in an envelope of its own: the same in every language


def insert_page_name(language: str) -> str:
    """File name of the page that says what the insert beside it is."""
    return f"insert.{language}.html"


def rendition_name(language: str, kind: ReportFormat) -> str:
    """File name of a rendition."""
    return f"report.{language}.{kind}"
