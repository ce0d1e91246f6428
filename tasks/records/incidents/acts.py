"""What a registered person does about an incident; each step is in the log, with words sealed apart."""

import secrets
from datetime import datetime

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.records.incidents import (
    INCIDENT_KINDS,
    CloseCause,
    Incident,
    IncidentCause,
    IncidentStep,
    incidents_of,
)
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note_of_nobody, read_note, writer_ref
from termpost.tasks.records.incidents.reach import ChosenReports, concerned_by
from termpost.tasks.secrets.staff import Role

MAY: frozenset[Role] = frozenset({"registrar", "head", "office"})
NO_REPORTS = ChosenReports()


def open_incident(
    home: Home, run: str, by: StaffId, cause: IncidentCause, chosen: ChosenReports, words: str | None = None
) -> Incident:  # fmt: skip
    """Its clock runs from now. Without a choice it concerns no report: a lost laptop, say.

    Raises:
        InputError: `nothing-out`, `unknown-class`; nothing was written.
    """
    concerns = [] if chosen == NO_REPORTS else concerned_by(home, chosen)
    case = "i" + secrets.token_hex(6)
    due = (home.clock.today() + home.law.incident_within()[0]).astimezone(home.calendar.zone).date()
    noted = _noted(home, by, case, words)
    home.log.append(run, [
        Entry(kind="incident", actor=by, case=case, reason="opened", cause=cause, due=due.isoformat(), **noted),
        *(
            Entry(kind="incident", actor=by, case=case, reason="concerns", report=one.report, version=one.version,
                  student=one.student, recipient=one.recipient, cycle=one.cycle)
            for one in concerns
        ),
    ])  # fmt: skip
    return find_incident(home, case)


def find_incident(home: Home, case: str) -> Incident:
    """Raises InputError `unknown-case`."""
    found = incidents_of(home.log.entries(*INCIDENT_KINDS)).get(case)
    if found is None:
        raise InputError("unknown-case", "there is no such incident", "CASE", "see `termpost incident list`")
    return found


def add_step(
    home: Home, run: str, by: StaffId, incident: Incident, step: IncidentStep, words: str | None = None,
    cause: CloseCause | None = None,
) -> None:  # fmt: skip
    """Raises InputError where the step is not to be taken; nothing was written."""
    refuse_step(incident, step, cause)
    noted = _noted(home, by, incident.case, words)
    home.log.append(run, [Entry(kind="incident", actor=by, case=incident.case, reason=step, cause=cause, **noted)])


def refuse_step(incident: Incident, step: IncidentStep, cause: CloseCause | None = None) -> None:
    """Before a code is spent.

    Raises:
        InputError: `case-ended`; `not-reported`, where what was dangerous is closed and no authority knows of it.
    """
    if not incident.is_open:
        raise InputError("case-ended", "this incident is closed", "CASE", "open a new one")
    if step == "closed" and cause == "contained" and incident.reported is None:
        raise InputError("not-reported", "nobody has reported it to the authority", "--cause",
                         "`termpost incident report` says so; one without a risk is closed as no-risk")  # fmt: skip


def report_by(home: Home, incident: Incident) -> datetime:
    """The instant by which the authority knows of it."""
    return incident.opened + home.law.incident_within()[0]


def is_late(home: Home, incident: Incident) -> bool:
    """Whether that has passed, and nobody reported or closed it."""
    is_waiting = incident.is_open and incident.reported is None
    return is_waiting and home.clock.today() > report_by(home, incident)


def words_of_incident(home: Home, run: str, incident: Incident, reader: StaffId) -> list[tuple[datetime, str, str]]:
    """When, by which staff id, and what; nothing where it was erased. The log says before who reads them."""
    home.log.append(run, [Entry(kind="exported", actor=reader, case=incident.case, reason="shown")])
    found = []
    for one in incident.notes:
        try:
            text = read_note(home, writer_ref(home, StaffId(one.actor)), one.object or "")
        except KeyError:
            continue
        found.append((one.day, one.actor, text or ""))
    return found


def _noted(home: Home, by: StaffId, case: str, words: str | None) -> dict[str, str]:
    if words is None:
        return {}
    key = f"notes/incidents/{case}/{secrets.token_hex(4)}.sealed"
    return {"object": key, "digest": keep_note_of_nobody(home, by, key, words)}
