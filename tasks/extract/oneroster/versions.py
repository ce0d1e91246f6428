"""The two versions of the REST services that are read: where each collection lies, and the CSV files it becomes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

# rows that no report needs
NOT_ASKED = ("classResources", "courseResources", "resources", "userResources")
NOT_ASKED_1_2 = ("lineItemLearningObjectiveIds", "lineItemScoreScales", "resultLearningObjectiveIds",
                 "resultScoreScales", "userProfiles")  # fmt: skip
SCOPES = "https://purl.imsglobal.org/spec/or/{}/scope/{}.readonly"


@dataclass(frozen=True)
class Collection:
    """One endpoint that lists everything of a kind."""

    name: str  # of the endpoint
    path: str  # below the service's base
    key: str  # of the list in its JSON
    files: tuple[str, ...]  # what its objects become
    required: bool = True  # without it there is no report
    lacking: str = ""  # what is not known where this client may not read it; where empty it has to be read
    parts: tuple["Collection", ...] = ()  # lists to read where the service does not give this one


@dataclass(frozen=True)
class BundleLayout:
    """Of one file."""

    columns: tuple[str, ...]
    days: frozenset[str]  # columns that hold a day; the JSON may give an instant


@dataclass(frozen=True)
class ServiceVersion:
    """One version of the services."""

    name: str  # as the manifest says it
    collections: tuple[Collection, ...]
    scope: str  # OAuth 2 scopes, unless settings name others
    not_asked: tuple[str, ...]

    @property
    def layouts(self) -> Mapping[str, BundleLayout]:
        return layouts(self.name)


@cache
def layouts(version: str = "1.2") -> Mapping[str, BundleLayout]:
    """File name → its columns, in the order of the standard.

    1.2 lacks `users.resourceSourcedIds`, which 1.2.1 withdrew.
    """
    name = f"oneroster_{version.replace('.', '_')}.json"
    text = (resources.files(__package__) / name).read_text(encoding="utf-8")
    return {file: BundleLayout(tuple(of["columns"]), frozenset(of["days"])) for file, of in json.loads(text).items()}


def _collection(prefix: str, name: str, files: tuple[str, ...] = (), *, required: bool = True, lacking: str = "",
                key: str = "", parts: tuple[Collection, ...] = ()) -> Collection:  # fmt: skip
    return Collection(name, f"{prefix}/{name}", key or name, files or (f"{name}.csv",), required, lacking, parts)


def _scopes(version: str, *names: str) -> str:
    return " ".join(SCOPES.format(version, name) for name in names)


BIRTH_DATES = "birth dates"
V1P2 = ServiceVersion(
    "1.2",
    (
        _collection("rostering/v1p2", "orgs"),
        _collection("rostering/v1p2", "academicSessions"),
        _collection("rostering/v1p2", "courses", required=False),
        _collection("rostering/v1p2", "classes"),
        _collection("rostering/v1p2", "users", ("users.csv", "roles.csv")),
        _collection("rostering/v1p2", "enrollments"),
        _collection("rostering/v1p2", "demographics", required=False, lacking=BIRTH_DATES),
        _collection("gradebook/v1p2", "categories", required=False),
        _collection("gradebook/v1p2", "lineItems"),
        _collection("gradebook/v1p2", "results"),
        _collection("gradebook/v1p2", "scoreScales", required=False),
    ),
    _scopes("v1p2", "roster", "roster-demographics", "gradebook"),
    NOT_ASKED + NOT_ASKED_1_2,
)
V1P1 = ServiceVersion(
    "1.1",
    (
        _collection("v1p1", "orgs"),
        _collection("v1p1", "academicSessions"),
        _collection("v1p1", "courses", required=False),
        _collection("v1p1", "classes"),
        _collection("v1p1", "users", parts=tuple(
            _collection("v1p1", name, ("users.csv",), key="users") for name in ("students", "teachers")
        )),
        _collection("v1p1", "enrollments"),
        _collection("v1p1", "demographics", required=False, lacking=BIRTH_DATES),
        _collection("v1p1", "categories", required=False),
        _collection("v1p1", "lineItems"),
        _collection("v1p1", "results"),
    ),
    _scopes("v1p1", "roster", "roster-demographics", "gradebook"),
    NOT_ASKED,
)  # fmt: skip
VERSIONS = (V1P2, V1P1)
