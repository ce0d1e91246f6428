"""The flows as Prefect deployments, with a schedule for each date of the school calendar."""

from contextlib import suppress
from datetime import time, timedelta
from typing import Any

import yaml
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.tasks.deadlines.switch import begin_to_watch
from termpost.tasks.extract.address import read_address
from termpost.tasks.home.home import Home

WORK_POOL = "termpost"
TAGS = ["termpost"]
NIGHT = time(3)  # no clock is put forward over it, and few systems export then
NIGHTS = 14  # before a cut-off


def schedule_of(calendar: Calendar, cycle: CycleDates) -> dict[str, Any]:
    """One run, on the first office day after the cut-off at opening hour, in the school's zone.

    An explicit date as an RFC 5545 rule: a school's calendar has no pattern that cron could say.
    """
    day = calendar.add_office_days(cycle.cutoff, 1)
    start = f"{day:%Y%m%d}T{calendar.opens:%H%M%S}"
    return {
        "rrule": f"DTSTART:{start}\nRRULE:FREQ=DAILY;COUNT=1",
        "timezone": calendar.timezone,
        "slug": cycle.id,
        "parameters": {"cycle_id": cycle.id},
    }


def nights_before(calendar: Calendar, cycle: CycleDates) -> dict[str, Any]:
    """Each night from two weeks before the cut-off to the night before its day ends, in the school's zone."""
    start = f"{cycle.cutoff - timedelta(days=NIGHTS):%Y%m%d}T{NIGHT:%H%M%S}"
    return {**schedule_of(calendar, cycle), "rrule": f"DTSTART:{start}\nRRULE:FREQ=DAILY;COUNT={NIGHTS + 1}"}


# at night, on the first of a month in full
EACH_NIGHT = "RRULE:FREQ=DAILY;BYHOUR=4;BYMINUTE=0;BYSECOND=0"
EACH_MONTH = "RRULE:FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=5;BYMINUTE=0;BYSECOND=0"
# day and night: what came is in the log soon, whoever may be reminded of it only in office hours
EACH_QUARTER = "RRULE:FREQ=HOURLY;BYMINUTE=0,15,30,45;BYSECOND=0"


def definitions(calendar: Calendar, home: str, extract: str) -> list[dict[str, Any]]:
    """The deployments of a home, in the form of prefect.yaml.

    Raises:
        InputError: a secret stands in the extract's address.
    """
    read_address(extract)  # Prefect shows parameters to everyone who may look
    common = {"tags": TAGS, "work_pool": {"name": WORK_POOL}}
    return [
        {
            "name": "prepare",
            "entrypoint": "termpost.flows.prepare_reports.prepare_reports",
            "description": "From the gradebook to reports that wait for release. Nothing reaches a family.",
            "parameters": {"home": home, "extract": extract},
            "schedules": [schedule_of(calendar, cycle) for cycle in calendar.cycles],
            **common,
        },
        {
            "name": "check-source",
            "entrypoint": "termpost.flows.check_source.check_source",
            "description": "What would be held, asked and missing if the cut-off were today. Nothing is loaded.",
            "parameters": {"home": home, "extract": extract},
            "schedules": [nights_before(calendar, cycle) for cycle in calendar.cycles],
            **common,
        },
        {
            "name": "release",
            "entrypoint": "termpost.flows.release_reports.release_reports",
            "description": "A registered person releases a prepared cycle; it is delivered and recorded.",
            "parameters": {"home": home},
            "schedules": [],
            **common,  # a person starts it, never a date
        },
        {
            "name": "feedback",
            "entrypoint": "termpost.flows.handle_feedback.handle_feedback",
            "description": "What families ask: who answers it, what its clock says; and rights that ended.",
            "parameters": {"home": home},
            "schedules": [
                {"rrule": EACH_QUARTER, "timezone": calendar.timezone, "slug": "each-quarter", "parameters": {}}
            ],
            **common,
        },
        {
            "name": "deadlines",
            "entrypoint": "termpost.flows.watch_deadlines.watch_deadlines",
            "description": "What is due and late, and who is told of it. On a day off it notes that it ran.",
            "parameters": {"home": home},
            "schedules": on_office_days(calendar),
            **common,
        },
        {
            "name": "records",
            "entrypoint": "termpost.flows.keep_records.keep_records",
            "description": "The log is verified and what is passing let go; what is due waits for two people.",
            "parameters": {"home": home},
            "schedules": [
                {"rrule": EACH_NIGHT, "timezone": calendar.timezone, "slug": "each-night", "parameters": {}},
                {
                    "rrule": EACH_MONTH,
                    "timezone": calendar.timezone,
                    "slug": "each-month",
                    "parameters": {"full": True},
                },
            ],
            **common,
        },
    ]


def on_office_days(calendar: Calendar) -> list[dict[str, Any]]:
    """Each weekday on which the office is open, at its opening hour, in the school's zone: one schedule an hour.

    A rule that goes on for ever knows no holidays; the flow does on them no more than note that it ran. Explicit dates
    would end with the year for which somebody deployed last, and then nothing would be watched.
    """
    hours: dict[time, list[str]] = {}
    for number, day in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU")):
        if calendar.is_office_weekday(number):
            opens = calendar.hours.of(number)
            hours.setdefault(opens.opens if opens else calendar.opens, []).append(day)
    return [
        {
            "rrule": f"RRULE:FREQ=WEEKLY;BYDAY={','.join(days)};BYHOUR={at.hour};BYMINUTE={at.minute};BYSECOND=0",
            "timezone": calendar.timezone,
            "slug": f"office-days-{at:%H%M}",
            "parameters": {},
        }
        for at, days in hours.items()
    ]


class _Readable(yaml.SafeDumper):
    """Writes each value where it belongs, and several lines as a block."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML calls it so
        return True


_Readable.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def prefect_yaml(calendar: Calendar, home: str, extract: str) -> str:
    """The text of a prefect.yaml."""
    head = (
        "# Written by `termpost deploy --yaml` from calendar.toml. The schedules are its dates, in the school's zone.\n"
    )
    content = {"name": "termpost", "deployments": definitions(calendar, home, extract)}
    return head + yaml.dump(content, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)


def register(home: Home, extract: str) -> list[dict[str, Any]]:
    """Creates or updates the deployments on the Prefect server, and removes schedules the calendar no longer has.

    Raises:
        InputError: no server is configured, or it does not answer.
    """
    from prefect.client.orchestration import get_client  # noqa: PLC0415 - Prefect is slow to import
    from prefect.settings import get_current_settings  # noqa: PLC0415

    if not get_current_settings().api.url:
        raise InputError(
            "no-server",
            "no Prefect server is configured",
            "PREFECT_API_URL",
            "start one (make ui), then set PREFECT_API_URL=http://127.0.0.1:4200/api",
        )
    with get_client(sync_client=True) as client:
        if error := client.api_healthcheck():
            raise InputError(
                "no-server",
                f"the Prefect server does not answer ({type(error).__name__})",
                "PREFECT_API_URL",
                "start it, or correct the address",
            )
        registered = [_register(client, d) for d in definitions(home.calendar, str(home.path), extract)]
    begin_to_watch(home)
    return registered


def _register(client: Any, definition: dict[str, Any]) -> dict[str, Any]:
    from prefect.client.schemas.actions import WorkPoolCreate  # noqa: PLC0415
    from prefect.exceptions import ObjectAlreadyExists  # noqa: PLC0415
    from prefect.schedules import Schedule  # noqa: PLC0415
    from prefect.types.entrypoint import EntrypointType  # noqa: PLC0415
    from termpost.flows.check_source import check_source  # noqa: PLC0415
    from termpost.flows.handle_feedback import handle_feedback  # noqa: PLC0415
    from termpost.flows.keep_records import keep_records  # noqa: PLC0415
    from termpost.flows.prepare_reports import prepare_reports  # noqa: PLC0415
    from termpost.flows.release_reports import release_reports  # noqa: PLC0415
    from termpost.flows.watch_deadlines import watch_deadlines  # noqa: PLC0415

    with suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=WORK_POOL, type="process"))
    flows: dict[str, Any] = {
        "prepare": prepare_reports, "check-source": check_source, "release": release_reports,
        "feedback": handle_feedback, "deadlines": watch_deadlines, "records": keep_records,
    }  # fmt: skip
    flow = flows[definition["name"]]
    schedules = [
        Schedule(rrule=s["rrule"], timezone=s["timezone"], slug=s["slug"], parameters=s["parameters"])
        for s in definition["schedules"]
    ]
    deployment = flow.to_deployment(
        definition["name"],
        parameters=definition["parameters"],
        schedules=schedules,
        tags=definition["tags"],
        description=definition["description"],
        work_pool_name=WORK_POOL,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    deployment_id = deployment.apply()
    wanted = {s["slug"] for s in definition["schedules"]}
    for schedule in client.read_deployment_schedules(deployment_id):
        if schedule.slug not in wanted:
            client.delete_deployment_schedule(deployment_id, schedule.id)
    return {"deployment": f"{flow.name}/{definition['name']}", "schedules": definition["schedules"]}
