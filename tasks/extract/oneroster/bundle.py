"""The collections of the two services, and the CSV files of OneRoster 1.2 that they become."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from termpost.schemas.base.errors import InputError
from termpost.tasks.formats.source_file import SourceFile, from_bytes

HEADER = ("propertyName", "value")
NOT_ASKED = ("classResources", "courseResources", "lineItemLearningObjectiveIds", "lineItemScoreScales", "resources",
             "resultLearningObjectiveIds", "resultScoreScales", "userProfiles", "userResources")  # fmt: skip


@dataclass(frozen=True)
class Collection:
    """One endpoint that lists everything of a kind."""

    name: str  # of the endpoint, of the key in its JSON, and of the file
    service: Literal["rostering", "gradebook"]
    required: bool = True  # without it there is no report

    @property
    def path(self) -> str:
        return f"{self.service}/v1p2/{self.name}"

    @property
    def files(self) -> tuple[str, ...]:
        """What its objects become."""
        return ("users.csv", "roles.csv") if self.name == "users" else (f"{self.name}.csv",)


COLLECTIONS = (
    Collection("orgs", "rostering"),
    Collection("academicSessions", "rostering"),
    Collection("courses", "rostering", required=False),
    Collection("classes", "rostering"),
    Collection("users", "rostering"),
    Collection("enrollments", "rostering"),
    Collection("demographics", "rostering", required=False),
    Collection("categories", "gradebook", required=False),
    Collection("lineItems", "gradebook"),
    Collection("results", "gradebook"),
    Collection("scoreScales", "gradebook", required=False),
)


@dataclass(frozen=True)
class BundleLayout:
    """Of one file."""

    columns: tuple[str, ...]
    days: frozenset[str]  # columns that hold a day; the JSON may give an instant


@cache
def layouts() -> Mapping[str, BundleLayout]:
    """File name → its columns, in the order of the standard."""
    text = (resources.files(__package__) / "oneroster_1_2.json").read_text(encoding="utf-8")
    return {name: BundleLayout(tuple(of["columns"]), frozenset(of["days"])) for name, of in json.loads(text).items()}


def as_line(cells: Iterable[str]) -> str:
    """One row as CSV (RFC 4180)."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def as_bundle(rows: Mapping[str, list[tuple[str, str]]], system: str) -> list[SourceFile]:
    """The files, sorted by name, with their rows in the order of their ids: how a service orders says nothing.

    Args:
        rows: file name → (sourcedId, line). A file without rows is left out unless a report needs it.
        system: what the manifest calls the source.
    """
    needed = {file for collection in COLLECTIONS if collection.required for file in collection.files}
    lines = {name: [line for _, line in sorted(found)] for name, found in rows.items() if found or name in needed}
    known = (*(name.removesuffix(".csv") for name in layouts()), *NOT_ASKED)
    modes = {name: "bulk" if f"{name}.csv" in lines else "absent" for name in known}
    manifest = [
        HEADER, ("manifest.version", "1.0"), ("oneroster.version", "1.2"),
        *((f"file.{name}", mode) for name, mode in sorted(modes.items())), ("source.systemName", system),
    ]  # fmt: skip
    texts = {name: as_line(layouts()[name].columns) + "".join(found) for name, found in lines.items()}
    texts["manifest.csv"] = "".join(as_line(row) for row in manifest)
    return [from_bytes(name, _encoded(name, texts[name])) for name in sorted(texts)]


def _encoded(name: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can escape
        raise InputError("not-text", "a text of the service is no Unicode", name, "ask who runs the service") from None
