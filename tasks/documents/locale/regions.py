"""Which of CLDR's ways to write dates and numbers holds for a language in a school's country.

Words, dates and names go by the language and its own region, or else by the school's country. Numbers always go by the
country, as the gradebook there writes them: whoever reads 1,234 in Texas must not take it for a little more than one.
"""

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages


@cache
def locale_for(language: str, country: str = "") -> Locale:
    """Of a BCP 47 tag, in an ISO 3166-1 country where the tag names none and CLDR knows the two together.

    Raises:
        ValueError: the tag is none that CLDR knows.
    """
    plain = Locale.parse(language, sep="-")
    return plain if plain.territory or not country else _in(plain, country) or plain


@cache
def numbers_for(language: str, country: str = "") -> Locale:
    """Whose decimal point and thousands stand in a number: those of the country, in the language where both go together
    (`fr` in CA), else in the country's first language (`uk` in US)."""
    plain = Locale.parse(language, sep="-")
    if not country or plain.territory == country:
        return plain
    spoken = (_in(Locale.parse(tag, sep="_"), country) for tag in _languages_of(country))
    return _in(plain, country) or next((locale for locale in spoken if locale), plain)


def _in(plain: Locale, country: str) -> Locale | None:
    try:
        return Locale(plain.language, territory=country, script=plain.script)
    except UnknownLocaleError:
        return None


def _languages_of(country: str) -> tuple[str, ...]:
    return tuple(get_official_languages(country)) + tuple(get_official_languages(country, de_facto=True))
