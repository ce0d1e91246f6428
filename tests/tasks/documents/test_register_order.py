"""Lists of people are in the order of a class register of the school's language."""

import csv

import pytest
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.tasks.documents.register_order import RegisterOrder

from tests.case_reports import CASES


def listed(order: RegisterOrder, *families: str) -> list[str]:
    """In the order of the register, from any order."""
    names = families[::-1]
    people = {
        PersonRef(str(place)): StudentIdentity(id=str(place), number="1", family=name)
        for place, name in enumerate(names)
    }
    places = order.places(people)
    return [people[ref].family or "" for ref in sorted(people, key=lambda ref: (places[ref], ref))]


def test_the_class_list_of_the_case_is_in_the_order_of_the_gradebook() -> None:
    with (CASES / "28-class-list-order" / "extract" / "users.csv").open(newline="", encoding="utf-8") as file:
        families = [row["familyName"] for row in csv.DictReader(file) if row["role"] == "student"]
    assert listed(RegisterOrder("en", "US"), *families) == [
        "Ångström", "de la Cruz", "Dean", "Éluard", "Evans", "Łukasik", "Luna", "Ñandú", "Nunez", "O'Brien",
        "O’Connell", "Odell", "van der Berg", "Vance", "Zebra", "欧阳",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "country", "families"),
    [
        ("sv", "SE", ["Berg", "Zebra", "Ångström", "Ärlig", "Östlund"]),
        ("de", "DE", ["Ärlig", "von Berg", "Müller", "Muster", "zu Sachsen"]),
        ("es", "ES", ["de la Cruz", "Luna", "Nunez", "Ñandú", "Oro"]),
        ("nl", "NL", ["van der Berg", "Bos", "’t Hart", "Van Damme", "de Wit"]),
        ("nl-BE", "BE", ["Bos", "de Wit", "’t Hart", "van der Berg", "Van Gaal"]),
        ("pt-BR", "BR", ["Alves", "da Silva", "dos Santos Z", "Souza"]),
        ("fr", "FR", ["d’Aubigné", "de Broglie", "Élan", "La Fontaine"]),
        ("uk", "UA", ["Гнатюк", "Ґалаґан", "Єва", "Ївга", "Яна"]),
        ("xx", "US", ["Ada", "Äda", "Zoe"]),
    ],
)  # fmt: skip
def test_each_language_sorts_as_it_does(language: str, country: str, families: list[str]) -> None:
    order = RegisterOrder(language, country)
    found = listed(order, *families)
    if language == "nl-BE":
        assert found.index("van der Berg") > found.index("de Wit")
    elif language == "pt-BR":
        assert found == ["Alves", "dos Santos Z", "da Silva", "Souza"]
    else:
        assert found == families


def test_a_name_that_is_all_particles_is_filed_under_itself() -> None:
    assert RegisterOrder("nl", "NL").filed_under("van der") == "der"
    assert RegisterOrder("nl", "NL").filed_under("van") == "van"
