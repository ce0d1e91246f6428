"""Encrypting what an earlier version put into the store in clear, once for a home, whatever lies there later."""

from collections import defaultdict
from collections.abc import Iterator

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.stored_objects import protection_of
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.object_encryption import MAGIC, is_encrypted


def encrypt_in_place(home: Home) -> None:
    """Every object that is to be encrypted and lies there in clear; safe to run again.

    An object about people whose keys are not there any more comes under the home's. Older versions go, since they are
    in clear.
    """
    people: _PeopleOfObjects | None = None
    for key in [key for key in home.store.list("") if protection_of(key) != "own"]:
        if not is_encrypted(home.store.raw.part(key, 0, len(MAGIC)).data):
            people = people or _PeopleOfObjects(home)
            home.store.put(key, home.store.raw.get(key), about=people.of(key))
        home.store.forget_older(key)


class _PeopleOfObjects:
    """Whom an object is about, by the log, else by the name of the report."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._said: defaultdict[str, set[PersonRef]] = defaultdict(set)
        self._names: dict[tuple[str, str], dict[str, PersonRef]] = {}
        for entry in home.log.entries("report_made", "planned", "sealed", "approved"):
            if entry.object is not None:
                place = entry.object.rpartition("/")[0] if entry.kind == "report_made" else entry.object
                self._said[place] |= {PersonRef(ref) for ref in (entry.student, entry.recipient) if ref}

    def of(self, key: str) -> list[PersonRef] | None:
        """Nobody where nobody can be told; None where it is about many."""
        if protection_of(key) == "home":
            return sorted(self._said[key]) or None  # a document to enclose may be about one student
        people = self._said.get(key) or self._said.get(key.rpartition("/")[0]) or set(self._by_name(key))
        return sorted(ref for ref in people if self._home.people.is_known(ref))

    def _by_name(self, key: str) -> Iterator[PersonRef]:
        match key.split("/"):
            case ["reports", school, cycle, report, *_]:
                if (school, cycle) not in self._names:
                    parts = (cycle, f"{cycle}/{school}")
                    found = (self._home.people.names("report", part) for part in parts)
                    self._names[school, cycle] = {name: ref for names in found for ref, name in names.items()}
                if report in self._names[school, cycle]:
                    yield self._names[school, cycle][report]
            case ["outgoing", _, recipient, *_]:
                yield PersonRef(recipient)
            case ["print", *_, envelope]:
                yield PersonRef(envelope.partition("-")[0])
