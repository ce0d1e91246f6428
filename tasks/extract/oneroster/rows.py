"""A OneRoster JSON object as rows of CSV: exact numbers, days, references by id, and no password."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from termpost.tasks.extract.excluded_columns import dropped_in
from termpost.tasks.extract.oneroster.bundle import as_line
from termpost.tasks.extract.oneroster.versions import ServiceVersion

LONGEST = 60  # digits written out; a number with more is left as it came, for the check to refuse
# where the JSON calls it otherwise; the first that is there
CALLED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "academicSessions.csv": {"parentSourcedId": ("parent",)},
    "classes.csv": {"courseSourcedId": ("course",), "schoolSourcedId": ("school",), "termSourcedIds": ("terms",)},
    "courses.csv": {"schoolYearSourcedId": ("schoolYear",), "orgSourcedId": ("org",)},
    "demographics.csv": {"birthDate": ("birthDate", "birthdate")},
    "enrollments.csv": {"classSourcedId": ("class",), "schoolSourcedId": ("school",), "userSourcedId": ("user",)},
    "lineItems.csv": {
        "classSourcedId": ("class",), "categorySourcedId": ("category",), "schoolSourcedId": ("school",),
        "academicSessionSourcedId": ("academicSession", "gradingPeriod"),
        "gradingPeriodSourcedId": ("gradingPeriod", "academicSession"),
    },
    "orgs.csv": {"parentSourcedId": ("parent",)},
    "results.csv": {"lineItemSourcedId": ("lineItem",), "studentSourcedId": ("student",), "classSourcedId": ("class",)},
    "roles.csv": {"orgSourcedId": ("org",)},
    "scoreScales.csv": {"orgSourcedId": ("org",), "courseSourcedId": ("course",), "classSourcedId": ("class",)},
    "users.csv": {
        "agentSourcedIds": ("agents",), "orgSourcedIds": ("orgs", "org"), "primaryOrgSourcedId": ("primaryOrg",),
    },
}  # fmt: skip
# blank in bulk files; profiles hold credentials and are not asked for
BLANK = frozenset({"status", "dateLastModified", "userProfileSourcedId"})
DELETED = frozenset({"tobedeleted", "inactive"})  # 1.1: inactive is the word of 1.0 for the same


class ObjectReader:
    """Turns objects into lines.

    Args:
        version: of the service.
        dropped: folded names of columns nobody may keep: their cells stay blank from the first moment.
        zone: of the school, for instants of which only the day counts.
    """

    def __init__(self, version: ServiceVersion, dropped: Collection[str], zone: ZoneInfo | None) -> None:
        self.layouts, self.zone = version.layouts, zone
        self.blank = {file: BLANK | self._spelt(file, dropped) for file in self.layouts}

    def _spelt(self, file: str, dropped: Collection[str]) -> set[str]:
        own = dropped_in(file, dropped)
        return {column for column in self.layouts[file].columns if column.casefold() in own}

    def lines(self, collection: str, thing: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """(file, sourcedId, line) of one object; nothing for one that is to be deleted, as in any bulk file."""
        if as_text(thing.get("status")).lower() in DELETED:
            return
        yield self._line(f"{collection}.csv", thing)
        if collection == "users" and "roles.csv" in self.layouts:
            for role in thing.get("roles") or ():
                if isinstance(role, dict):
                    yield self._line("roles.csv", _role(thing, role))

    def _line(self, file: str, thing: Mapping[str, Any]) -> tuple[str, str, str]:
        layout, called, blank = self.layouts[file], CALLED.get(file, {}), self.blank[file]
        cells = []
        for column in layout.columns:
            found = [thing[name] for name in called.get(column, (column,)) if thing.get(name) is not None]
            cell = as_text(found[0]) if found and column not in blank else ""
            cells.append(as_day(cell, self.zone) if column in layout.days else cell)
        return file, cells[0], as_line(cells)


def _role(user: Mapping[str, Any], role: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON gives a role no id of its own: it gets one from what it says, so that it stays the same."""
    org = as_text(role.get("org"))
    person = as_text(user.get("sourcedId"))
    said = "\0".join((person, as_text(role.get("roleType")), as_text(role.get("role")), org))
    name = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]
    return {**role, "sourcedId": name, "userSourcedId": person}


def as_text(value: object) -> str:  # noqa: PLR0911 - one line for each kind of value
    """A cell: numbers in full, lists with commas, references by their id."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            plain = value.is_finite() and abs(value.adjusted()) < LONGEST
            return format(value, "f") if plain else str(value)
        case list():
            return as_line(as_text(one) for one in value).removesuffix("\r\n") if value else ""
        case {"sourcedId": reference}:
            return as_text(reference)
        case {"type": kind, "identifier": identifier}:
            return f"{{{as_text(kind)}:{as_text(identifier)}}}"
        case {"itemValueLHS": left, "itemValueRHS": right}:
            return f"{{{as_text(left)}:{as_text(right)}}}"
        case dict():
            return ""
    return str(value)


def as_day(cell: str, zone: ZoneInfo | None) -> str:
    """The day of an instant, in the school's zone; midnight UTC is how many services write a bare day.

    What is neither stays as it is, for the check to find.
    """
    if "T" not in cell:
        return cell
    try:
        instant = datetime.fromisoformat(cell)
    except ValueError:
        return cell
    bare = instant.utcoffset() is None or (not instant.utcoffset() and instant.time() == time())
    return (instant if bare or zone is None else instant.astimezone(zone)).date().isoformat()
