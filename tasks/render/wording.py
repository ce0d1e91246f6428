"""The words of the papers in one language, and its ways to write numbers and dates (CLDR, through Babel)."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval
from babel.numbers import format_decimal, format_percent

from schemas.errors import InputError

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
LOCALES = TEMPLATES / "locales"

DIGITS = 80  # more than any DECIMAL of the lake has, so that writing a number rounds nothing
Text = str | dict[str, str]  # a sentence, or one by plural category

_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# controls, soft hyphen, zero-width space, direction overrides and isolates, joiners of words, annotations
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def visible(text: str) -> str:
    """Text without characters that are not seen but reorder a line, or hide in what is copied out of a PDF."""
    return _UNSEEN.sub("", _BREAKS.sub(" ", text))


def languages() -> tuple[str, ...]:
    """The languages that have words, as BCP 47 tags."""
    return tuple(sorted(path.stem for path in LOCALES.glob("*.toml")))


def places(values: list[Decimal]) -> int:
    """Decimal places that show every value in full; trailing zeros do not count."""
    return max((_places(value) for value in values), default=0)


def _places(value: Decimal) -> int:
    if not value.is_finite():
        raise InputError("not-a-number", "a mark is not a number", "the summaries", "correct the mark in the extract")
    _, _, fraction = f"{value:f}".partition(".")
    return len(fraction.rstrip("0"))


@dataclass(frozen=True)
class Words:
    """One language: sentences by table and key, numbers and dates."""

    locale: Locale
    tables: dict[str, dict[str, Text]]

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(self.locale.text_direction)

    def labels(self, table: str) -> dict[str, str]:
        """The sentences of a table that have no plural, unfilled."""
        return {key: text for key, text in self.tables[table].items() if isinstance(text, str)}

    def say(self, table: str, key: str, **values: str) -> str:
        """A sentence with its braces filled. Values are taken literally."""
        text = self.tables[table][key]
        if not isinstance(text, str):
            raise TypeError(f"{table}.{key} needs a count")
        return text.format(**values)

    def count(self, table: str, key: str, n: int, **values: str) -> str:
        """A sentence in the plural form for `n`; `{n}` is the number."""
        forms = self.tables[table][key]
        if isinstance(forms, str):
            raise TypeError(f"{table}.{key} has no plural forms")
        form = forms.get(self.locale.plural_form(n), forms["other"])
        return form.format(n=self.whole(n), **values)

    def whole(self, n: int) -> str:
        return str(format_decimal(n, locale=self.locale))

    def number(self, value: Decimal) -> str:
        """Points: every digit that counts, none added."""
        shown = _places(value)
        pattern = "#,##0" + ("." + "0" * shown if shown else "")
        with localcontext(prec=DIGITS):
            return str(format_decimal(value, format=pattern, locale=self.locale))

    def percent(self, value: Decimal, shown: int) -> str:
        """Per cent with `shown` decimal places, which must not be fewer than the value has: nothing is rounded here."""
        if _places(value) > shown:
            raise ValueError("a percentage would be rounded")
        pattern = str(self.locale.percent_formats[None].pattern)
        if shown:
            pattern = pattern.replace("0", "0." + "0" * shown, 1)
        with localcontext(prec=DIGITS):
            return str(format_percent(value.scaleb(-2), format=pattern, locale=self.locale))

    def day(self, day: date) -> str:
        return str(format_date(day, format="long", locale=self.locale))

    def short_day(self, day: date) -> str:
        return str(format_date(day, format="medium", locale=self.locale))

    def span(self, first: date, last: date) -> str:
        return str(format_interval(first, last, "yMMMd", locale=self.locale))


@cache
def words(language: str) -> Words:
    """The words for a BCP 47 tag; a region falls back to its language (`en-GB` reads en.toml, with British dates).

    Raises InputError when there are none.
    """
    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        raise _no_words() from None
    subtags = language.split("-")
    for length in range(len(subtags), 0, -1):
        path = LOCALES / f"{'-'.join(subtags[:length])}.toml"
        if path.is_file():
            return Words(locale, tomllib.loads(path.read_text(encoding="utf-8")))
    raise _no_words()


def _no_words() -> InputError:
    return InputError(
        "no-such-language",
        "a report is asked for in a language that has no words",
        "templates/locales",
        f"add its file, or ask for one of: {', '.join(languages())}",
    )
