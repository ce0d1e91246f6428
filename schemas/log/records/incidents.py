"""Incidents: what went wrong, and what was done about it, read from the log alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, get_args

from termpost.schemas.log.entry import EntryKind, Logged

IncidentCause = Literal[
    "wrong-recipient", "wrong-content", "lost-or-stolen", "unauthorised-access", "published", "malware", "other",
]  # fmt: skip
INCIDENT_CAUSES: tuple[IncidentCause, ...] = get_args(IncidentCause)
CloseCause = Literal["contained", "no-risk", "false-alarm"]
CLOSE_CAUSES: tuple[CloseCause, ...] = get_args(CloseCause)
IncidentStep = Literal["opened", "concerns", "noted", "reported", "told", "closed"]  # `reason`
INCIDENT_KINDS: Final[tuple[EntryKind, ...]] = ("incident",)


@dataclass(frozen=True)
class Concerned:
    """One report version that somebody got."""

    report: str
    version: int
    student: str
    recipient: str
    cycle: str


@dataclass
class Incident:
    """One case."""

    case: str
    cause: str
    opened: datetime  # UTC
    by: str  # staff id
    concerns: list[Concerned] = field(default_factory=list)
    notes: list[Logged] = field(default_factory=list)  # each names its sealed words
    reported: datetime | None = None  # to the authority
    told: dict[str, datetime] = field(default_factory=dict)  # recipient → when their letter was made
    closed: Logged | None = None

    @property
    def is_open(self) -> bool:
        return self.closed is None

    @property
    def people(self) -> set[str]:
        """Everybody whom it is about."""
        return {ref for one in self.concerns for ref in (one.student, one.recipient)}


def incidents_of(entries: Iterable[Logged]) -> dict[str, Incident]:
    """Every incident by its case, in the order in which they were opened."""
    found: dict[str, Incident] = {}
    for entry in entries:
        if entry.kind != "incident" or not entry.case:
            continue
        if entry.reason == "opened":
            found.setdefault(entry.case, Incident(entry.case, entry.cause or "", entry.day, entry.actor))
        if entry.case in found:
            _add(found[entry.case], entry)
    return found


def open_incidents_about(entries: Iterable[Logged], person: str) -> list[Incident]:
    """Those that concern somebody and are not closed."""
    return [one for one in incidents_of(entries).values() if one.is_open and person in one.people]


def _add(incident: Incident, entry: Logged) -> None:
    if entry.reason == "concerns" and entry.report and entry.version and entry.student and entry.recipient:
        one = Concerned(entry.report, entry.version, entry.student, entry.recipient, entry.cycle or "")
        if one not in incident.concerns:
            incident.concerns.append(one)
    elif entry.reason == "reported":
        incident.reported = incident.reported or entry.day
    elif entry.reason == "told" and entry.recipient:
        incident.told.setdefault(entry.recipient, entry.day)
    elif entry.reason == "closed":
        incident.closed = entry
    if entry.object:  # words may come with any step
        incident.notes.append(entry)
