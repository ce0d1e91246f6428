"""Dates and numbers by language and the school's country, and the numbers that a telephone dials."""

from datetime import date
from decimal import Decimal

import pytest
from termpost.tasks.documents.locale.telephone import dialled
from termpost.tasks.documents.wording import translator_for

GAP = "\u00a0"
DAY = date(2025, 10, 17)


@pytest.mark.parametrize(
    ("language", "country", "percent", "points", "day"),
    [
        ("en", "", "89.29%", "1,234.5", "October 17, 2025"),
        ("en", "GB", "89.29%", "1,234.5", "17 October 2025"),
        ("en", "CA", "89.29%", "1,234.5", "October 17, 2025"),
        ("es", "US", "89.29%", "1,234.5", "17 de octubre de 2025"),  # and not 89,29 % in Texas
        ("es", "MX", "89.29%", "1,234.5", "17 de octubre de 2025"),
        ("es", "ES", f"89,29{GAP}%", "1.234,5", "17 de octubre de 2025"),
        ("es-MX", "US", "89.29%", "1,234.5", "17 de octubre de 2025"),
        ("es-ES", "US", f"89.29{GAP}%", "1,234.5", "17 de octubre de 2025"),  # words by the tag, numbers by the school
        ("fr", "CA", f"89,29{GAP}%", f"1{GAP}234,5", "17 octobre 2025"),
        ("fr", "FR", f"89,29{GAP}%", "1\u202f234,5", "17 octobre 2025"),
        ("fr", "US", f"89.29{GAP}%", "1,234.5", "17 octobre 2025"),
        ("ar", "US", "89.29\u200e%\u200e", "1,234.5", "17 أكتوبر 2025"),  # digits of the school's papers
        ("ar-EG", "US", "89.29\u200e%\u200e", "1,234.5", "17 أكتوبر 2025"),
        ("ar", "AE", "89.29%", "1,234.5", "17 أكتوبر 2025"),
        ("zh-Hans", "CN", "89.29%", "1,234.5", "2025年10月17日"),
        ("uk", "UA", "89,29%", f"1{GAP}234,5", "17 жовтня 2025 р."),
        ("uk", "US", "89.29%", "1,234.5", "17 жовтня 2025 р."),
    ],
)
def test_a_language_in_a_country_writes_as_there(
    language: str, country: str, percent: str, points: str, day: str
) -> None:
    said = translator_for(language, country)
    assert said.percent(Decimal("89.29"), 2) == percent
    assert said.number(Decimal("1234.5")) == points
    assert said.day(DAY).replace("\u202f", " ") == day


def test_words_are_those_of_the_language_wherever_the_school_is() -> None:
    assert translator_for("es", "US").labels("report") == translator_for("es").labels("report")


def test_no_day_is_written_so_that_another_country_reads_another_day() -> None:
    assert translator_for("ar", "US").short_day(date(2021, 11, 9)) == "9 نوفمبر 2021"


@pytest.mark.parametrize(
    ("number", "country", "link"),
    [
        ("(512) 555-0142", "US", "tel:+15125550142"),
        ("1-512-555-0142", "CA", "tel:+15125550142"),
        ("+1 512 555 0142 ext. 7", "", "tel:+15125550142;ext=7"),
        ("512.555.0142 x12", "US", "tel:+15125550142;ext=12"),
        ("555-0142", "US", "tel:5550142"),  # no area: what is dialled within the town
        ("020 7946 0958", "GB", "tel:+442079460958"),
        ("+44 (0)20 7946 0958", "US", "tel:+442079460958"),
        ("00 33 4 72 00 00 00", "FR", "tel:+33472000000"),
        ("06 1234 5678", "IT", "tel:0612345678"),  # the nought belongs to the number
        ("ask at the desk", "US", ""),
    ],
)
def test_a_number_dials_from_anywhere_where_its_country_is_known(number: str, country: str, link: str) -> None:
    assert dialled(number, country) == link
