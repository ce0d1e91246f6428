"""Nobody reads "1 students"."""

import re

from termpost.schemas.base.counted import counted
from termpost.schemas.base.shipped import TEMPLATES

COMMANDS = TEMPLATES.parent / "flows"
# a number in braces, then a noun in the plural, in what a command says
BARE = re.compile(
    r"\{(?!counted\()[^{}]+\} (?:\w+ )?(?:students|reports|versions|questions|grades|courses|classes|pages|files|words|"
    r"pictures|segments|entries|recipients|messages|deliveries|parcels|envelopes|comments|people|rows|bytes|differences|codes)\b"
)


def test_one_is_one_and_everything_else_is_many() -> None:
    assert [counted(n, "student") for n in (0, 1, 2, 1200)] == [
        "0 students",
        "1 student",
        "2 students",
        "1,200 students",
    ]
    assert (counted(1, "person", "people"), counted(2, "person", "people")) == ("1 person", "2 people")
    assert (counted(1, "grade is", "grades are"), counted(3, "grade is", "grades are")) == (
        "1 grade is",
        "3 grades are",
    )


def test_no_command_puts_a_number_before_a_plural_by_itself() -> None:
    found = [
        (path.name, match[0])
        for path in sorted(COMMANDS.rglob("*.py")) for match in BARE.finditer(path.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert found == []
