"""What a home wants on a Prefect server: its deployments, by name, with their schedules and forms."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from termpost.flows.deployments.dates import (
    PlannedRuns,
    each_night,
    each_quarter,
    nights_before_cutoff,
    on_office_days,
    on_the_day_after_cutoff,
    still_to_come,
)
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.calendar import Calendar
from termpost.tasks.extract.address import read_address

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
POOL = "termpost"
TAG = "termpost"
# a host that dies says nothing: runs of a deployment say each half minute that they live (automations.py)
BEAT = 30
ENVIRONMENT = {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(BEAT)}


@dataclass(frozen=True)
class Placed:
    """Where on the server the deployments of a home go.

    Args:
        name: of the institution there; it is in the name of each deployment, a tag, and the work queue.
        pool: work pool; None: the one they have, or `termpost`.
        job_variables: of the work pool's template, given to each deployment.
    """

    name: str
    pool: str | None = None
    tags: tuple[str, ...] = ()
    job_variables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def all_tags(self) -> list[str]:
        return list(dict.fromkeys((TAG, self.name, *self.tags)))


@dataclass(frozen=True)
class WantedDeployment:
    """A flow of a home on the server."""

    flow: str  # as Prefect knows it
    what: str
    entrypoint: str
    description: str
    parameters: dict[str, Any]
    runs: tuple[PlannedRuns, ...]
    over: tuple[PlannedRuns, ...]  # dates that have passed; they get no schedule

    def name(self, placed: Placed) -> str:
        """Its own name, without the flow's."""
        return f"{placed.name}-{self.what}"


def name_of(institution: str) -> str:
    """The name that an institution has on the server: "Grand Bend ISD" is `grand-bend-isd`.

    Raises:
        InputError: `no-name`, where no letter of the Latin alphabet or digit is left.
    """
    plain = unicodedata.normalize("NFKD", institution).encode("ascii", "ignore").decode().lower()
    name = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    if not name:
        raise InputError("no-name", "the institution's name gives none for the server", "termpost.toml [institution]",
                         "give one with --name, such as --name grand-bend")  # fmt: skip
    return name


def checked_name(name: str) -> str:
    """Raises InputError `bad-name` where it is not of small letters, digits and dashes."""
    if NAME.fullmatch(name):
        return name
    raise InputError("bad-name", "a name on the server has small letters, digits and dashes, 40 at most", "--name",
                     "write one such as grand-bend")  # fmt: skip


def wanted(calendar: Calendar, home: str, extract: str, today: date) -> list[WantedDeployment]:
    """The deployments of a home.

    Args:
        home: path, as the worker finds it.
        extract: where scheduled runs find the extract.
        today: what ended before gets no schedule.

    Raises:
        InputError: a secret stands in the extract's address.
    """
    read_address(extract)  # Prefect shows parameters to everyone who may look
    flows = "termpost.flows"
    own, reading = {"home": home}, {"home": home, "extract": extract}
    after = [on_the_day_after_cutoff(calendar, cycle) for cycle in calendar.cycles]
    nights = [nights_before_cutoff(calendar, cycle) for cycle in calendar.cycles]
    listed: list[tuple[str, str, str, str, dict[str, Any], list[PlannedRuns]]] = [
        ("prepare-reports", "prepare", f"{flows}.prepare_reports.prepare_reports",
         "From the gradebook to reports that wait for release. Nothing reaches a family.", reading, after),
        ("check-source", "check-source", f"{flows}.check_source.check_source",
         "What would be held, asked and missing if the cut-off were today. Nothing is loaded.", reading, nights),
        # a person starts it, never a date
        ("release-reports", "release", f"{flows}.release_reports.release_reports",
         "Releases what registered people approved; it is delivered and recorded.", own, []),
        ("handle-feedback", "feedback", f"{flows}.handle_feedback.handle_feedback",
         "What families ask: who answers it, what its clock says; and rights that ended.", own,
         each_quarter(calendar)),
        ("watch-deadlines", "deadlines", f"{flows}.watch_deadlines.watch_deadlines",
         "What is due and late, and who is told of it. On a day off it notes that it ran.", own,
         on_office_days(calendar)),
        ("keep-records", "records", f"{flows}.keep_records.keep_records",
         "The log is verified and what is passing let go; what is due waits for two people.", own,
         each_night(calendar)),
    ]  # fmt: skip
    found = []
    for flow, what, entrypoint, description, parameters, planned in listed:
        runs, over = still_to_come(planned, today)
        found.append(WantedDeployment(flow, what, entrypoint, description, dict(parameters), tuple(runs), tuple(over)))
    return found
