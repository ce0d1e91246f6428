"""What is personal in an extract, and whether any of it stands in a text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.school import Extract

TOKEN = re.compile(r"(?<![0-9a-z.])[0-9a-z]{6,7}(?![0-9a-z])")  # ids; not the microseconds of an instant


@dataclass(frozen=True)
class Person:
    """One student or contact. Values are lower case."""

    id: str
    names: frozenset[str]  # in every order that is usual
    others: frozenset[str]  # e-mail, phone, street, birth date


def person(id: str, given: str, middle: str, family: str, *others: str) -> Person:  # noqa: A002
    names = {f"{given} {family}", f"{family} {given}", f"{family}, {given}", f"{given} {middle} {family}"}
    return Person(id.lower(), frozenset(n.lower() for n in names), frozenset(o.lower() for o in others if len(o) > 4))


def people_of(extract: Extract) -> list[Person]:
    births = {row["sourcedId"]: row["birthDate"] for row in extract.read("demographics.csv")}
    streets = {row["contactSourcedId"]: row["street"] for row in extract.read("supplement/contacts.csv")}
    return [
        person(
            user["sourcedId"],
            user["givenName"],
            user["middleName"],
            user["familyName"],
            user["email"],
            user["phone"],
            user["sms"],
            births.get(user["sourcedId"], ""),
            streets.get(user["sourcedId"], ""),
        )
        for user in extract.read("users.csv")
    ]


def found(texts: Iterable[tuple[str, str]], people: Iterable[Person]) -> Iterator[tuple[str, str]]:
    """Place and kind of everything personal that a text says."""
    everyone = list(people)
    ids = {one.id for one in everyone}
    for place, text in texts:
        low = text.lower()
        yield from ((place, "id") for _ in ids.intersection(TOKEN.findall(low)))
        for one in everyone:
            yield from ((place, "name") for name in one.names if name in low)
            yield from ((place, "other") for other in one.others if other in low)


def files_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file under a folder as it lies there, and its name."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        yield f"file {path.name}", f"{path.relative_to(folder)}\n{path.read_bytes().decode('latin-1')}"
