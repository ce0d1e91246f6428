"""The plan of a cycle: every released report that has not arrived, packed per recipient."""

from collections import defaultdict

import duckdb

from schemas.cycle_state import ARRIVED, CycleState
from schemas.identity import ContactIdentity, StudentIdentity
from schemas.parcel import Channel, Parcel, Plan
from schemas.prepared import PreparedReport
from schemas.refs import ExtractId
from tasks.distribute.address import merge, plan_school
from tasks.distribute.approve import Chosen, read_prepared, releasable
from tasks.distribute.deliver import delivery_id
from tasks.home import Home
from tasks.identities import open_identities


def make_plan(home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str, chosen: frozenset[str] | None) -> Plan:
    """Decides on the home's day, for the chosen students or (None) for all that are prepared."""
    day = home.clock.now().astimezone(home.calendar.zone).date()
    plans = []
    for prepared in read_prepared(home.store, cycle_id):
        wanted = frozenset(r.student for r in prepared.reports) if chosen is None else chosen
        plans.append(
            plan_school(
                prepared,
                open_identities(lake, home.people, ExtractId(prepared.extract_id), StudentIdentity),
                open_identities(lake, home.people, ExtractId(prepared.extract_id), ContactIdentity),
                chosen=wanted,
                day=day,
                age_of_majority=home.settings.rights.age_of_majority,
                order=home.settings.channels.order,
                languages=home.settings.institution.languages,
            )
        )
    return merge(plans)


def ready(
    home: Home, lake: duckdb.DuckDBPyConnection, state: CycleState, chosen: Chosen
) -> tuple[list[PreparedReport], list[str]]:
    """What a release would let out today, and the students whose report nobody could be given."""
    reports = releasable(read_prepared(home.store, state.cycle), state, chosen)
    plan = make_plan(home, lake, state.cycle, frozenset(report.student for report in reports))
    return [report for report in reports if report.student not in plan.unreachable], list(plan.unreachable)


def without_done(home: Home, plan: Plan, state: CycleState) -> Plan:
    """Leaves out what the log says is delivered or sent, so that nobody is written to twice (law 8)."""
    parcels: list[Parcel] = []
    for parcel in plan.parcels:
        open_ways: defaultdict[tuple[Channel, ...], list[str]] = defaultdict(list)
        for report in parcel.reports:
            ways = tuple(
                channel
                for channel in parcel.channels
                if state.deliveries.get(delivery_id(home, parcel, channel, report.report, report.version))
                not in ARRIVED
            )
            open_ways[ways].append(report.report)
        for ways, reports in open_ways.items():
            if ways:
                left = tuple(r for r in parcel.reports if r.report in reports)
                parcels.append(Parcel.model_validate({**parcel.model_dump(), "channels": ways, "reports": left}))
    return plan.model_copy(update={"parcels": tuple(parcels)})


def school_names(lake: duckdb.DuckDBPyConnection, extract_id: str) -> dict[str, str]:
    rows = lake.execute("SELECT org_id, name FROM lake.core_org WHERE extract_id = ?", [extract_id]).fetchall()
    return dict(rows)
