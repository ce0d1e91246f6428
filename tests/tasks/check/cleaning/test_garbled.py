"""Text that was damaged on its way is told from the real names and titles of many languages."""

import pytest
from termpost.tasks.check.cleaning.clean_text import clean_text
from termpost.tasks.check.cleaning.garbled import is_garbled, is_garbled_name

from tests.tasks.check.cleaning.real_names import NAMES

MORE = [
    "Nil",
    "Nan",
    "Null Smith",
    "Nuñez-Ña",
    "Anne?"[:-1],
    "O'Brien",
    "D’Arcy",
    "Mary-Jane",
    "J.R.",
    "X Æ",
    "Ñ",
    "12345",
]


def test_there_are_names_enough() -> None:
    assert len(set(NAMES)) > 200


@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_no_real_name_is_taken_for_damaged_or_changed(case: type[str]) -> None:
    names = [case(name) for name in NAMES]
    assert [name for name in names if is_garbled_name(name)] == []
    assert [name for name in names if is_garbled(name)] == []
    assert [name for name in NAMES if clean_text(name, "name") != name] == []


def test_each_name_that_was_read_in_another_encoding_is_seen() -> None:
    """cp1252 and Latin-1, which is what people have; MacRoman and DOS as far as a sign shows it."""
    missed = []
    for encoding in ("cp1252", "latin-1"):
        for name in NAMES:
            try:
                damaged = name.encode().decode(encoding)
            except UnicodeDecodeError:
                continue
            if damaged != name and not is_garbled_name(damaged):
                missed.append(damaged)
    assert missed == []


@pytest.mark.parametrize(
    "name", ["JosÃ©", "GarcÃ\u00ada", "No\ufffdr", "Jos?", "Jos?phine", "????", "?",
             "NULL", "Null", "null", "None", "NONE",
             "undefined", "nan", "NaN", "#REF!", "#N/A", "\\N", "(null)", "José NULL", "NULL, José", "N/A", "nil",
             "Jos\u201a", "Ren¿e", "M┬║", "Siob√°n", "\x93Bob\x94", ";"],
)  # fmt: skip
def test_a_damaged_name_is_seen(name: str) -> None:
    assert is_garbled_name(name)


@pytest.mark.parametrize("name", MORE)
def test_a_name_that_only_looks_odd_is_not(name: str) -> None:
    assert not is_garbled_name(name)


@pytest.mark.parametrize(
    ("title", "is_so"),
    [("What is it?", False), ("Null hypothesis", False), ("None", False), ("Why?!", False), ("5 × 6 = 30", False),
     ("½ cup, £5", False), ("C’est ça…", False), ("Unit 1 – Größe", False), ("see http://a.b/c?d=e", False),
     ("EspaÃ±ol", True), ("caf? latte", False), ("Fran?ais", True), ("????", True), ("NULL", True), ("#REF!", True),
     ("un\ufffdbel", True), ("‘Macbeth’ – Act ‹1›", False), ("Привет, мир", False), ("数学 I・A", False)],
)  # fmt: skip
def test_a_damaged_title_is_told_from_one_with_signs(title: str, is_so: bool) -> None:
    assert is_garbled(title) is is_so
