"""Every kind of record there is, by the name that `retention.toml` gives it. A page that leaves one out is none."""

import re
from functools import cache
from importlib import resources
from typing import Final, Literal

from termpost.schemas.documents.stored_objects import OBJECT_KINDS
from termpost.schemas.log.entry import KINDS

Area = Literal["store", "tables", "log", "prefect", "files"]
# landed:   the copy came into landing          made: it was made, loaded, written, or the run ended
# released: families could read it              closed: the query was closed; words of a decision: it was made
# left:     the student is in no newer extract  school-year-end, next-school-year-end: of the year it was made in
Start = Literal["landed", "made", "released", "closed", "left", "school-year-end", "next-school-year-end"]
Then = Literal["delete", "blind", "keep"]

YEARS: Final[tuple[Start, ...]] = ("school-year-end", "next-school-year-end")
LANDED: Final = ("landing/", "quarantine/")
# what lies in the store and needs no tag, so that OBJECT_KINDS does not have it
OTHER_PLACES: Final = (
    "quarantine/<extract>/<finding>", "landing/<extract>/<note>", "notes/<about>/<words>.sealed",
    "notes/<query>/statement-<number>.sealed", "notes/<extract>/t<number>.sealed", "notes/<extract>/g<number>.sealed",
    "notes/<extract>/h<number>.sealed", "notes/acknowledgements/<proof>.sealed",
    "notes/<setting>/<digest>.txt", "door/<locator>.json", "slots/<slot>",
    "inbox/<box>/<message>", "verify/<number>.json", "log/<segment>", "lake/<file>", "analyst/<publication>",
)  # fmt: skip
# what counts as long as the student is there: proofs, statements, names as the office said them
OF_STUDENTS: Final = ("notes/acknowledgements/", "notes/<query>/statement-", "notes/<extract>/", "verify/")
PREFECT: Final = ("flow runs", "task runs", "logs", "artifacts", "events", "deployments")
FILES: Final = (
    "settings", "migrations.json", "secrets/people.sqlite", "secrets/staff.json", "secrets/keys", "secrets/log-end",
    "secrets/last-backup.json", "catalogue/", "locks/", "spill/", "migrating/", "backups/before-migrate/", "backups/",
    ".prefect/",
)  # fmt: skip
_TABLE = re.compile(r"CREATE TABLE lake\.(\w+) \((.*?)\);", re.DOTALL)
_COLUMN = re.compile(r"(?:^|\()\s*([a-z_]+)\s+[A-Z]", re.MULTILINE)
# what may be deleted at all; of a table with no day of its own, or that the others are read by, nothing goes
DELETABLE_FILES: Final = frozenset({"spill/", "migrating/", "backups/before-migrate/", "backups/", ".prefect/"})
DELETABLE_RUNS: Final = frozenset({"flow runs", "task runs", "logs", "artifacts"})
NEVER_DELETED: Final = frozenset({"log/<segment>", "lake/<file>", "analyst/<publication>", "door/<locator>.json"})
DECISIONS: Final = "notes/rights/<student>/<decision>.json"  # a bar that is lost must not become a right


@cache
def table_columns() -> dict[str, tuple[str, ...]]:
    """Every table of the lake, with its columns."""
    folder = resources.files("termpost.schemas") / "lake"
    texts = [one.read_text() for one in sorted(folder.iterdir(), key=lambda one: one.name) if one.name.endswith(".sql")]
    made = [match for text in texts for match in _TABLE.finditer(re.sub(r"--[^\n]*", "", text))]
    return {match[1]: tuple(_COLUMN.findall(match[2])) for match in made}


@cache
def known_kinds(area: Area) -> tuple[str, ...]:
    """Every kind of an area; each needs a line."""
    if area == "store":
        return tuple(dict.fromkeys((*(kind.place for kind in OBJECT_KINDS), *OTHER_PLACES)))
    if area == "tables":
        return tuple(table_columns())
    return {"log": KINDS, "prefect": PREFECT, "files": FILES}[area]


def is_column(kind: str) -> bool:
    """Whether it is one column of a table, whose line may be another than the table's."""
    table, dot, column = kind.partition(".")
    return bool(dot) and column in emptied_columns(table)


@cache
def emptied_columns(table: str) -> tuple[str, ...]:
    """Columns of words, which may be emptied while the row stays: nothing is found by them."""
    return tuple(name for name in table_columns().get(table, ()) if name in {"title", "name", "subject", "event"})


def starts_of(area: Area, kind: str) -> frozenset[Start]:
    """From what the time of a kind may count."""
    if kind.startswith(LANDED):
        return frozenset({"landed"})
    found: set[Start] = {"made", *YEARS}
    if kind.startswith(("reports/<", "sealed/", "print/", "verify/")):
        found.add("released")
    if kind == "notes/<about>/<words>.sealed":
        found.add("closed")
    if kind.startswith(("reports/<", *OF_STUDENTS)):
        found.add("left")
    if "person_ref" in table_columns().get(kind, ()):
        found.add("left")
    return frozenset(found) if area in {"store", "tables"} else frozenset({"made"})


def ends_of(area: Area, kind: str) -> frozenset[Then]:
    """What may become of a kind. An entry of the log is never deleted: it becomes blind with the person's key."""
    if area == "log" or kind == DECISIONS:
        return frozenset({"blind"})
    deletable = {
        "store": kind not in NEVER_DELETED, "tables": "known_at" in table_columns().get(kind.partition(".")[0], ()),
        "prefect": kind in DELETABLE_RUNS, "files": kind in DELETABLE_FILES,
    }[area]  # fmt: skip
    return frozenset({"keep", "delete"}) if deletable else frozenset({"keep"})


@cache
def _places() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The most exact first: with the fewest words in angle brackets, then with the longest text beside them."""
    every = sorted(known_kinds("store"), key=lambda one: (one.count("<"), -len(re.sub("<.*?>", "", one))))
    return tuple((place, re.compile(_pattern(place))) for place in every)


def place_of(key: str) -> str | None:
    """The kind of an object of the store; None where no line can be about it."""
    return next((place for place, pattern in _places() if pattern.fullmatch(key)), None)


def _pattern(place: str) -> str:
    """A version of a kept object has its tag before the ending; what is last may have folders of its own."""
    parts = re.split(r"(<[a-z]+>)", place)
    last = max((n for n, part in enumerate(parts) if part.startswith("<")), default=-1)
    kept = place in {kind.place for kind in OBJECT_KINDS if kind.check == "kept"}
    said = ""
    for number, part in enumerate(parts):
        if part.startswith("<"):
            said += ".+" if number == last and not kept else "[^/]+"
        else:
            said += re.escape(part)
    return re.sub(r"\\.json$", r"(-[0-9a-f]{20})?\\.json", said) if kept else said
