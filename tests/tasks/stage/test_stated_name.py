"""A whole name in the parts that lists sort by."""

import pytest
from termpost.tasks.stage.stated_name import NameParts, split_name

BAD = "Jos\u00c3\u00a9"


@pytest.mark.parametrize(
    ("text", "was", "parts"),
    [("José O'Shea", (BAD, None, "O'Shea"), ("José", None, "O'Shea")),
     ("José Luis O'Shea", (BAD, "Luis", "O'Shea"), ("José", "Luis", "O'Shea")),
     ("José O'Shea", (BAD, "Luis", "O'Shea"), ("José", None, "O'Shea")),
     ("Mira García Ñuñez", ("Mira", None, "Garc\u00c3\u00ada"), ("Mira", None, "García Ñuñez")),
     ("Mira Ana García", ("Mira", "Ana", "Garc\u00c3\u00ada"), ("Mira", "Ana", "García")),
     ("Ana de la Peña", (BAD, None, "de la Pe\u00c3\u00b1a"), ("Ana", None, "de la Peña")),
     ("Peña Ruiz, José María", (BAD, None, "NULL"), ("José María", None, "Peña Ruiz")),
     ("Zoë", ("Zo?", None, None), ("Zoë", None, None)), ("Zoë", (None, None, "Zo?"), (None, None, "Zoë")),
     ("髙橋 太郎", ("??", None, "??"), ("太郎", None, "髙橋"))],
)  # fmt: skip
def test_the_parts_that_are_right_are_found_in_what_is_stated(
    text: str, was: tuple[str | None, str | None, str | None], parts: tuple[str | None, str | None, str | None]
) -> None:
    assert split_name(text, NameParts(*was, None))[:3] == parts


def test_a_preferred_name_is_replaced_only_where_it_is_damaged() -> None:
    assert split_name("José O'Shea", NameParts(BAD, None, "O'Shea", "Pepe")).preferred == "Pepe"
    assert split_name("José O'Shea", NameParts("José", None, "O'Shea", BAD)).preferred == "José"
