"""The words of the papers in one language, and its ways to write numbers and dates (CLDR, through Babel).

English is the template `templates/locales/termpost.pot`; every other language is a gettext catalogue beside it.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import cache, cached_property, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.languages import found_as
from termpost.schemas.base.shipped import TEMPLATES
from termpost.schemas.documents.report import Phrase
from termpost.tasks.documents.fonts.symbol_fonts import as_unicode
from termpost.tasks.documents.locale.direction import LTR, MARKS, RTL, isolated
from termpost.tasks.documents.locale.placeholders import refuse_unlike
from termpost.tasks.documents.locale.regions import locale_for, numbers_for
from termpost.tasks.documents.printable import printable

LOCALES = TEMPLATES / "locales"
SOURCE = LOCALES / "termpost.pot"
STATE = "X-Termpost-State"  # header of a catalogue: reviewed, or draft
WITHOUT_SPACES = frozenset({"ja", "lo", "th", "zh"})
FIRST = "en"  # what the template is written in

DIGITS = 80  # more than any DECIMAL of the lake has, so that writing a number rounds nothing
Text = str | tuple[str, str]  # a sentence in English, or its singular and plural

_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# controls, soft hyphen, zero-width space, direction overrides and isolates, joiners of words, annotations
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def visible(text: str) -> str:
    """Text as it is printed: without characters that are not seen but reorder a line, or hide in what is copied out of
    a PDF, and with a name for what no font has (printable.py)."""
    if text.isascii() and text.isprintable():
        return text
    return printable(_UNSEEN.sub("", _BREAKS.sub(" ", as_unicode(text))))


def languages() -> tuple[str, ...]:
    """The languages that have words, as BCP 47 tags."""
    return tuple(sorted({FIRST, *(path.stem for path in LOCALES.glob("*.po"))}))


def places(values: Sequence[Decimal]) -> int:
    """Decimal places that show every value in full; trailing zeros do not count."""
    return max((_places(value) for value in values), default=0)


@lru_cache(maxsize=50_000)
def _places(value: Decimal) -> int:
    if not value.is_finite():
        raise InputError("not-a-number", "a mark is not a number", "the summaries", "correct the mark in the extract")
    _, _, fraction = f"{value:f}".partition(".")
    return len(fraction.rstrip("0"))


@dataclass(frozen=True)
class Translator:
    """Translates into one language: sentences by table and key, numbers and dates."""

    locale: Locale
    source: Mapping[str, Text]  # context `table.key` → English
    translations: GNUTranslations | None  # None: English
    is_draft: bool  # nobody has reviewed it
    numbers: Locale  # whose decimal point and thousands numbers have

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(self.locale.text_direction)

    def labels(self, table: str) -> dict[str, str]:
        """The sentences of a table that have no plural, unfilled."""
        return self._labels[table]

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        tables: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for context, text in self.source.items():
            if isinstance(text, str):
                table, _, key = context.partition(".")
                tables[table][key] = text if self.translations is None else self.translations.pgettext(context, text)
        return tables

    def text(self, table: str, key: str, **values: str) -> str:
        """A sentence with its braces filled. Values are taken literally; one that needs a count is a KeyError."""
        return self._filled(self._labels[table][key], values)

    def _filled(self, text: str, values: Mapping[str, str]) -> str:
        return text.format(**{name: self.isolated(value) for name, value in values.items()})

    def isolated(self, value: str) -> str:
        """A value as it stands within a line of this language, whichever way it runs itself."""
        return isolated(value, self.direction)

    def plural(self, table: str, key: str, n: int, **values: str) -> str:
        """A sentence in the plural form for `n`; `{n}` is the number."""
        context = f"{table}.{key}"
        text = self.source[context]
        if isinstance(text, str):
            raise TypeError(f"{context} has no plural forms")
        forms = self.translations
        form = text[0 if n == 1 else 1] if forms is None else forms.npgettext(context, *text, n)
        return self._filled(form, {**values, "n": self.whole(n)})

    def message(self, phrase: Phrase) -> str:
        """A sentence that the report carries by its key."""
        table, _, key = phrase.key.partition(".")
        values = dict(phrase.texts) | {name: self.exact_percent(value) for name, value in phrase.percents}
        if phrase.shares:
            shares = (self.text("method", "share", name=n, percent=self.exact_percent(p)) for n, p in phrase.shares)
            values["shares"] = self.joined(list(shares))
        return self.text(table, key, **values) if phrase.n is None else self.plural(table, key, phrase.n, **values)

    def joined(self, items: Sequence[str]) -> str:
        """A list in words: `a, b, and c`."""
        return str(format_list([self.isolated(item) for item in items], locale=self.locale))

    def paragraph(self, sentences: Sequence[str]) -> str:
        """Sentences one after another; without spaces where the language has none."""
        return ("" if self.locale.language in WITHOUT_SPACES else " ").join(sentences)

    def figure(self, text: str) -> str:
        """A number with signs in it, such as of a telephone, that stands alone and may not turn round."""
        return f"{MARKS[LTR]}{text}{MARKS[LTR]}" if self.direction == RTL else text

    def name_of(self, language: str) -> str:
        """What a language is called in this one; its tag where CLDR has no name."""
        return _name(self.locale, language)

    def whole(self, n: int) -> str:
        return _number(self.numbers, Decimal(n))

    def number(self, value: Decimal) -> str:
        """Points: every digit that counts, none added."""
        return _number(self.numbers, value)

    def percent(self, value: Decimal, shown: int) -> str:
        """Per cent with `shown` decimal places, which must not be fewer than the value has: nothing is rounded here."""
        if _places(value) > shown:
            raise ValueError("a percentage would be rounded")
        return _percent(self.locale, self.numbers, value, shown)

    def exact_percent(self, value: Decimal) -> str:
        """Per cent with the places it has."""
        return self.percent(value, _places(value))

    def day(self, day: date) -> str:
        return _day(self.locale, day, "long")

    def short_day(self, day: date) -> str:
        return _day(self.locale, day, "medium")

    def span(self, first: date, last: date) -> str:
        return str(format_interval(first, last, "yMMMd", locale=self.locale))


# Values repeat from report to report, and writing one takes CLDR’s patterns apart: what was written is kept.
@lru_cache(maxsize=50_000)
def _number(locale: Locale, value: Decimal) -> str:
    shown = _places(value)
    pattern = "#,##0" + ("." + "0" * shown if shown else "")
    with localcontext(prec=DIGITS):
        return str(format_decimal(value, format=pattern, locale=locale))


@lru_cache(maxsize=50_000)
def _percent(locale: Locale, numbers: Locale, value: Decimal, shown: int) -> str:
    pattern = str(locale.percent_formats[None].pattern)
    if shown:
        pattern = pattern.replace("0", "0." + "0" * shown, 1)
    with localcontext(prec=DIGITS):
        said = str(format_percent(value.scaleb(-2), format=pattern, locale=numbers))
    # the sign, and where it stands, are the language's; its digits the country's
    return said.replace(_percent_sign(numbers), _percent_sign(locale))


def _percent_sign(locale: Locale) -> str:
    return str(locale.number_symbols["latn"]["percentSign"])


@lru_cache(maxsize=5_000)
def _day(locale: Locale, day: date, length: Literal["long", "medium"]) -> str:
    if length == "medium" and "/" in str(locale.date_formats["medium"].pattern):
        # 9/11/2021 is one day here and another there: the month gets its name
        return str(format_skeleton("yMMMd", day, locale=locale))
    return str(format_date(day, format=length, locale=locale))


@lru_cache(maxsize=1_000)
def _name(locale: Locale, language: str) -> str:
    try:
        return Locale.parse(language, sep="-").get_display_name(locale) or language
    except (ValueError, UnknownLocaleError):
        return language


@cache
def name_alone(language: str) -> str:
    """What a language calls itself."""
    return str(Locale.parse(language, sep="-").get_display_name())


@lru_cache(maxsize=1_000)
def direction_of(language: str) -> str:
    """`ltr` or `rtl`; of a tag that CLDR does not know, `ltr`."""
    try:
        return str(Locale.parse(language, sep="-").text_direction)
    except (ValueError, UnknownLocaleError):
        return "ltr"


def base_of(language: str) -> str:
    """The language without script and region."""
    return language.partition("-")[0].lower()


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


@cache
def source() -> dict[str, Text]:
    """Every sentence of the papers in English, by context."""
    return {message.context or "": _text(message.id) for message in _read(SOURCE) if message.id}


def _text(found: str | Sequence[str]) -> Text:
    return found if isinstance(found, str) else (found[0], found[1])


def _compiled(path: Path) -> tuple[GNUTranslations, bool]:
    """A catalogue as gettext reads it, and whether it is a draft. Raises InputError where a sentence is not there."""
    catalogue = _read(path)
    # a translation of another English would be passed over, and the English be printed
    meant = [m for m in catalogue if m.id and source().get(m.context or "") == _text(m.id)]
    translated = {message.context for message in meant if not message.fuzzy and _is_full(message.string)}
    for message in catalogue:
        if message.id:
            refuse_unlike(message.id, message.string, f"templates/locales/{path.name} {message.context}")
    lacking = [context for context in source() if context not in translated]
    if lacking:
        raise InputError(
            "unfinished-language",
            f"{len(lacking)} sentences are not translated, the first is {lacking[0]}",
            f"templates/locales/{path.name}",
            "translate them, or take the language out of [institution] languages",
        )
    file = BytesIO()
    write_mo(file, catalogue)
    file.seek(0)
    # read_po keeps no header it does not know, so the state is read as written
    is_reviewed = f'"{STATE}: reviewed\\n"' in path.read_text(encoding="utf-8")
    return GNUTranslations(file), not is_reviewed


def _is_full(string: str | Sequence[str] | None) -> bool:
    return bool(string) if isinstance(string, str) else bool(string) and all(string or ())


@cache
def translator_for(language: str, country: str = "") -> Translator:
    """The translator for a BCP 47 tag; a region falls back to its language (`en-GB` reads English, with British dates).

    With the school's country (ISO 3166-1) dates and numbers are written as there (regions.py); the words stay the same.

    Raises InputError where no catalogue has the language, or where its catalogue is incomplete.
    """
    found = found_as(language, languages())
    if found is None:
        raise InputError(
            "no-such-language",
            "a report is asked for in a language that has no words",
            "templates/locales",
            f"add its file, or ask for one of: {', '.join(languages())}",
        )
    locale, numbers = locale_for(language, country), numbers_for(language, country)
    if found == FIRST:
        return Translator(locale, source(), None, is_draft=False, numbers=numbers)
    translations, is_draft = _compiled(LOCALES / f"{found}.po")
    return Translator(locale, source(), translations, is_draft, numbers)
