"""What makes another person of a contact's id, and what does not."""

from dataclasses import replace
from datetime import date

import pytest
from termpost.schemas.documents.identity import ContactIdentity, Reach
from termpost.tasks.rights.changed_person import is_another

BORN = date(1980, 5, 4)


def contact(given: str, family: str, born: date | None = BORN, mail: str = "", phone: str = "") -> ContactIdentity:
    reach = (Reach("s", email=mail or None, phone=phone or None),)
    return ContactIdentity(id="C", given=given, family=family, birth_date=born, reach=reach)


BEFORE = contact("Camille", "Hughes", mail="camille@hughes.example", phone="(950) 567 7808")
NEW = {"mail": "zoe@quill.example", "phone": "(830) 555 0142"}
OLD = {"mail": "camille@hughes.example", "phone": "(950) 567 7808"}


@pytest.mark.parametrize(
    ("now", "is_it"),
    [
        (contact("Zoe", "Quill", date(1990, 1, 1), **OLD), True),
        (contact("Camille", "Quill", date(1990, 1, 1), **OLD), True),
        (contact("Zoe", "Quill", None, **NEW), True),
        (contact("Camille", "Quill", None, **NEW), True),
        (contact("Zoe", "Quill", BORN, **NEW), True),
        (contact("Zoe", "Quill", None, phone=NEW["phone"]), True),  # all that both have, and no part of the name
        (contact("Camille", "Quill", BORN, **NEW), False),  # a birth date and a name are left
        (contact("Camille", "Quill", None, **OLD), False),  # a marriage
        (contact("Camille", "Quill", None, phone=NEW["phone"]), False),
        (contact("Camille", "Hughes", None, **NEW), False),  # a new telephone, a new mailbox
        (contact("Camille", "Hughes", date(1990, 1, 1), **OLD), False),
        (contact("CAMILLE", "Hughs", None), False),
        (contact("Zoe", "Quill", None, **OLD), False),
        (contact("", "", None), False),
    ],
)
def test_another_name_and_all_that_could_say_it_is_the_same(now: ContactIdentity, is_it: bool) -> None:
    assert is_another(BEFORE, now) is is_it


def test_where_nothing_but_the_name_is_known_only_a_wholly_other_name_is_asked_about() -> None:
    bare = contact("Camille", "Hughes", None)
    assert is_another(bare, contact("Zoe", "Quill", None))
    assert not is_another(bare, contact("Camille", "Quill", None))
    assert not is_another(replace(bare, given=None), contact("Zoe", "Hughes", None))
