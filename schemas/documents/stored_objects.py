"""Every kind of object in the store that a step goes by, and how it is known to be what was put there.

docs/security.md has the same list with who writes what and what it decides; a test holds the two together.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

# kept:   a tag; an entry `kept` of the log says which version counts. Lies under its name with its tag
# logged: a tag; an entry of its own has the digest
# bound:  a tag; what it says is compared with what the log says of the same thing
# handed: a tag; the run that wrote it hands the tag on, past the store
# tag:    a tag alone, for what is read again within a day and nowhere named
# digest: no tag, since others open it: its bytes are compared with the digest of the log
Check = Literal["kept", "logged", "bound", "handed", "tag", "digest"]

# people: encrypted under the keys of everybody an object is about, so that erasing one of them makes it unreadable
# home:   encrypted under a key of the home, since it is about many, or about nobody
# own:    neither, since it has a protection of its own, or nothing in it is about anybody who could be told
Protection = Literal["people", "home", "own"]
OWN_PREFIXES: Final = ("sealed/", "door/", "slots/", "inbox/", "verify/", "log/", "lake/", "analyst/")
SEALED_WORDS: Final = re.compile(r"notes/(.+\.sealed|rights/.+)")  # under the key of the person they are about


@dataclass(frozen=True)
class ObjectKind:
    """One kind by its place in the store; a word in angle brackets stands for one part of a key."""

    place: str
    check: Check
    format: str = ""  # empty: not ours to say
    protection: Protection = "home"


@dataclass(frozen=True)
class ObjectLabel:
    """What a tag binds bytes to, so that no object can stand in another's place."""

    name: str  # store key; of a kept one without the part that tells its versions apart
    format: str
    cycle: str  # empty: of none


OBJECT_KINDS: Final = (
    ObjectKind("landing/<extract>/<file>.csv", "digest"),
    ObjectKind("landing/<extract>/<insert>.pdf", "digest"),
    ObjectKind("landing/<extract>/landing.json", "bound", "termpost.landing/2"),
    ObjectKind("landing/incoming/<source>/started.json", "tag", "termpost.incoming/2"),
    ObjectKind("landing/incoming/<source>/<collection>/<page>.json", "tag", "termpost.incoming/2"),
    ObjectKind("quarantine/<extract>/findings.json", "handed", "termpost.findings/1"),
    ObjectKind("notes/comments/<cycle>/<import>.json", "kept", "termpost.comments/1"),
    ObjectKind("notes/rights/<student>/<decision>.json", "logged", "termpost.ruling/1", "own"),
    ObjectKind("notes/meetings/<staff>/availability.json", "kept", "termpost.availability/1"),
    ObjectKind("notes/meetings/<staff>/slots.json", "kept", "termpost.slots/1"),
    ObjectKind("reports/<school>/<cycle>/prepared.json", "kept", "termpost.prepared/2"),
    ObjectKind("reports/<school>/<cycle>/<report>/v<version>/made.json", "bound", "termpost.made/2", "people"),
    ObjectKind("reports/<school>/<cycle>/<report>/v<version>/report.json", "bound", "termpost.report/2", "people"),
    ObjectKind("reports/<school>/<cycle>/<report>/v<version>/<rendition>", "digest", protection="people"),
    ObjectKind("reports/-/<cycle>/approved-<digest>.json", "logged", "termpost.approval/1"),
    ObjectKind("outgoing/<cycle>/plan-<first>.json", "handed", "termpost.plan/1"),
    ObjectKind("outgoing/<cycle>/sealed-<first>.json", "handed", "termpost.outgoing/1"),
    ObjectKind("outgoing/<cycle>/<recipient>/<file>", "digest", protection="people"),
    ObjectKind("sealed/<recipient>/<page>", "digest", protection="own"),
    ObjectKind("print/<school>/<cycle>/<envelope>.pdf", "digest", protection="people"),
    ObjectKind("print/<school>/<cycle>/enclosed/<document>.pdf", "digest"),
    ObjectKind("print/<school>/<cycle>/packs/<number>.json", "digest", "termpost.pack/1"),
)


def label_of(name: str) -> ObjectLabel:
    """What binds an object of this name.

    Raises:
        ValueError: no kind that carries a tag lies there.
    """
    for kind, pattern in _tagged_kinds():
        found = pattern.fullmatch(name)
        if found:
            return ObjectLabel(name, kind.format, found.groupdict().get("cycle") or "")
    raise ValueError("no object that carries a tag lies there")


def protection_of(key: str) -> Protection:
    """How an object of the store is kept from whoever has the store alone. What nobody thought of is encrypted."""
    if f"{key}/".startswith(OWN_PREFIXES) or SEALED_WORDS.fullmatch(key):
        return "own"
    return "people" if any(pattern.fullmatch(key) for pattern in _about_people()) else "home"


def location(name: str, tag: str) -> str:
    """Where a version of a kept object lies. Each has a place of its own, so that the entry that names it replaces the
    one before in one step."""
    return f"{versions(name)}{tag[:20]}.{name.rpartition('.')[2]}"


def versions(name: str) -> str:
    """How the keys of all versions of a kept object begin."""
    return f"{name.rpartition('.')[0]}-"


@cache
def _tagged_kinds() -> tuple[tuple[ObjectKind, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(_pattern(kind.place))) for kind in OBJECT_KINDS if kind.check != "digest")


@cache
def _about_people() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_pattern(kind.place)) for kind in OBJECT_KINDS if kind.protection == "people")


def _pattern(place: str) -> str:
    return "".join(
        f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("<") else re.escape(part)
        for part in re.split(r"(<[a-z]+>)", place)
    )
