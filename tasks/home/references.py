"""A person's reference, for the id that the school has for them."""

import re

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.home.home import Home
from termpost.tasks.home.tombstones import erased_ids

REFERENCE = re.compile(r"p[0-9a-f]{20}")  # as the key store makes them


def reference_of(home: Home, person: str, where: str) -> PersonRef:
    """A person's reference, given the school's id or the reference itself.

    Raises:
        InputError: `unknown-person`; `erased`, where nobody has it since they were.
    """
    if REFERENCE.fullmatch(person):
        return PersonRef(person)
    ref = home.people.find(person)
    if ref is None and erased_ids(home, [person]):
        raise InputError("erased", "whoever had this id was erased", where, "nothing of them is left to look at or to "
                         "give; `termpost records readmit` lets the id in again, as somebody new")  # fmt: skip
    if ref is None:
        raise InputError("unknown-person", "nobody has this id", where, "use an id of users.csv")
    return ref
