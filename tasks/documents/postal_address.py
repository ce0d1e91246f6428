"""The address of a letter as the post of its country reads it.

The order of lines is that of Google's address data (address_formats.txt): %A street, %C town, %S state or province, %Z
post code, %D district, %X sorting code, %n a new line. The Universal Postal Union (S42) has the same.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from babel.core import get_global
from termpost.schemas.documents.identity import Reach
from termpost.tasks.home.home import Home

FORMATS = Path(__file__).with_name("address_formats.txt")
UNKNOWN = "%A%n%C, %S %Z"  # of a country that nobody knows: all of it, as it is on record
CAPITALS = frozenset({"GB", "GG", "IM", "JE"})  # whose post wants post town and code in them
# how people write countries beside what CLDR calls them and the codes of ISO 3166
ALSO = {
    "america": "US", "us of a": "US", "united states of america": "US", "uk": "GB", "great britain": "GB",
    "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
    "united kingdom of great britain and northern ireland": "GB", "eire": "IE", "éire": "IE",
    "republic of ireland": "IE", "holland": "NL", "the netherlands": "NL", "czech republic": "CZ", "turkey": "TR",
    "russian federation": "RU", "south korea": "KR", "republic of korea": "KR", "korea": "KR", "viet nam": "VN",
    "hong kong": "HK", "macau": "MO", "macao": "MO", "pr china": "CN", "prc": "CN", "people's republic of china": "CN",
    "ivory coast": "CI", "burma": "MM", "swaziland": "SZ", "macedonia": "MK", "cape verde": "CV", "brd": "DE",
}  # fmt: skip
# in which an extract may write a country; each is read only where those before it do not know the word
LANGUAGES = ("en", "es", "fr", "de", "zh", "ar", "uk", "ru", "pt", "it", "nl", "pl", "ja", "ko", "tr", "vi", "sv", "da",
             "nb", "fi", "cs", "sk", "hu", "ro", "bg", "el", "he", "fa", "hi", "id", "hr", "sr", "sl", "lt", "lv", "et",
             "is", "ga", "cy", "ca", "th", "ka", "hy", "be", "sq")  # fmt: skip
_FIELD = re.compile("%([ACDSXZ])")
_OTHER_SCRIPT = re.compile("[\u0370-\u1cff\u2c80-\ua6ff\ua900-\ud7ff\uf900-\ufdff]")  # letters that are not Latin


class PostedFrom(NamedTuple):
    """Where letters are posted."""

    country: str  # ISO 3166-1
    language: str  # BCP 47, in which the country of a letter abroad is written


def posted_from(home: Home) -> PostedFrom:
    """The country of the calendar, and the institution's first language."""
    return PostedFrom(home.calendar.country, home.settings.institution.languages[0])


def postal_lines(reach: Reach, home: PostedFrom) -> tuple[str, ...]:
    """The lines under the name; none where nothing can be posted.

    The country stands below them in capitals, in the school's first language, and is left out at home.
    """
    if not reach.has_address:
        return ()
    country = country_code(reach.country, home.language) if reach.country else home.country
    street = [line.strip() for line in (reach.street or "").splitlines() if line.strip()]
    fields = {"A": street[-1] if street else "", "C": reach.city or "", "S": reach.state or "",
              "Z": reach.postal_code or ""}  # fmt: skip
    if country in CAPITALS:
        fields |= {key: fields[key].upper() for key in "CZ"}
    pattern = _pattern(country, " ".join([*street, *fields.values()]))
    if pattern.startswith("〒"):
        fields["S"] += fields["C"]  # 東京都千代田区
    elif "%C" not in pattern and fields["C"].casefold() not in pattern.casefold():
        fields["A"] = ", ".join(part for part in (fields["A"], fields["C"]) if part)  # the ward of a Japanese city
    lines = [_line(line, fields) for line in pattern.split("%n")]
    if "%Z" not in pattern:
        lines.append(fields["Z"])
    found = [*street[:-1], *(line for line in lines if line)]
    if country != home.country:
        found.append((_country_name(country, home.language) if country else reach.country or "").upper())
    return tuple(found)


def _pattern(country: str | None, text: str) -> str:
    own, latin = _formats().get(country or "", (UNKNOWN, ""))
    return own if not latin or _OTHER_SCRIPT.search(text) else latin


@cache
def _formats() -> dict[str, tuple[str, str]]:
    rows = [line.split("\t") for line in FORMATS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {country: (own, latin[0] if latin else "") for country, own, *latin in rows}


def _line(pattern: str, fields: dict[str, str]) -> str:
    """What stands between two fields goes where either is not known; a word of the line (SINGAPORE) stays."""
    said, gap = "", ""
    for place, part in enumerate(_FIELD.split(pattern)):
        if place % 2 == 0:
            gap = gap or part
            if any(sign.isalpha() for sign in part):
                said, gap = said + part.rstrip(), part[len(part.rstrip()) :]
        elif value := fields.get(part, ""):
            said, gap = f"{said}{gap if said or gap.strip(' ,-/') else ''}{value}", ""
    return said


@lru_cache(maxsize=1000)
def country_code(written: str, language: str) -> str | None:
    """ISO 3166-1 of a country as somebody wrote it: a name in any of LANGUAGES, or a code; None where nobody knows."""
    text = " ".join(written.replace(".", "").split())
    upper = text.upper()
    if upper in _formats():
        return upper
    if (known := get_global("territory_aliases").get(upper)) and len(known) == 1:
        return str(known[0])
    small = text.casefold().removeprefix("the ").replace("’", "'")
    if small in ALSO:
        return ALSO[small]
    for tag in dict.fromkeys(("en", language.partition("-")[0], *LANGUAGES)):
        if code := _named(tag).get(small):
            return code
    return None


@cache
def _named(language: str) -> dict[str, str]:
    """Name → code, in one language."""
    return {str(name).casefold().replace("’", "'"): code for code, name in Locale.parse(language).territories.items()
            if code.isalpha()}  # fmt: skip


def _country_name(country: str, language: str) -> str:
    return str(Locale.parse(language, sep="-").territories.get(country) or Locale("en").territories[country])
