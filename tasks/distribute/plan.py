"""The plan of a cycle: every released report that has not arrived, packed per recipient."""

import gc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby

import duckdb
from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.parcel import Parcel, Plan
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.channels.names import delivery_id
from termpost.tasks.channels.registry import channel_of, message_channels
from termpost.tasks.distribute.addressing import Notes, plan_schools, settle
from termpost.tasks.distribute.approve import ChosenStudents, only_reports, releasable
from termpost.tasks.home.home import Home
from termpost.tasks.rights.recipients import open_record
from termpost.tasks.rights.rights_decisions import open_rights_decisions
from termpost.tasks.rights.rights_today import newer_record
from termpost.tasks.rights.terms import terms_of
from termpost.tasks.stage.manifests import read_prepared


def make_plan(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str, chosen: frozenset[str] | None,
    schools: Sequence[PreparedSchool] | None = None,
) -> Plan:  # fmt: skip
    """Decides on the home's day, for the chosen students or (None) for all that are prepared.

    Args:
        schools: the only ones, with the only reports, of the cycle's manifests; None: all of these.
    """
    with _no_search_for_cycles():
        return _made(home, lake, chosen, read_prepared(home, cycle_id) if schools is None else schools)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """A plan is millions of small objects that live to its end, with no cycle among them: Python's collector would
    look at all of them again and again, for a fifth of the time."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


def _made(
    home: Home, lake: duckdb.DuckDBPyConnection, chosen: frozenset[str] | None, schools: Sequence[PreparedSchool]
) -> Plan:
    decisions, terms = open_rights_decisions(home), terms_of(home)
    plans, notes = [], Notes({channel.name: [] for channel in message_channels()})
    prepared = sorted(schools, key=lambda school: school.extract_id)
    for extract_id, of_extract in groupby(prepared, key=lambda school: school.extract_id):
        together = list(of_extract)
        students = [PersonRef(r.student) for s in together for r in s.reports if chosen is None or r.student in chosen]
        record = open_record(lake, home.people, ExtractId(extract_id), students, terms.day, decisions)
        mine = {ref: record.students[ref] for ref in students if ref in record.students}
        record.newer = newer_record(home, lake, ExtractId(extract_id), mine, decisions)
        plan, said = plan_schools(together, record, terms, chosen)
        plans.append(plan)
        for channel, about in said.items():
            notes[channel] += about
    return settle(merge(plans), notes, terms.order)


def merge(plans: Sequence[Plan]) -> Plan:
    """One plan for all extracts: a contact with children in two schools gets one parcel."""
    by_recipient: defaultdict[str, list[Parcel]] = defaultdict(list)
    for plan in plans:
        for parcel in plan.parcels:
            by_recipient[parcel.recipient].append(parcel)
    first = plans[0]
    return first.model_copy(
        update={
            "parcels": tuple(_one_parcel(mine) for _, mine in sorted(by_recipient.items())),
            "decisions": tuple(d for p in plans for d in p.decisions),
            "notices": tuple(d for p in plans for d in p.notices),
            "unreachable": tuple(u for p in plans for u in p.unreachable),
        }
    )


def _one_parcel(mine: Sequence[Parcel]) -> Parcel:
    """A channel must be open for every child, also across schools."""
    if len(mine) == 1:
        return mine[0]
    shared = frozenset.intersection(*(frozenset(p.channels) for p in mine))
    return replace(
        mine[0],
        reports=tuple(r for p in mine for r in p.reports),
        channels=tuple(c for c in mine[0].channels if c in shared),
    )


def ready(
    home: Home, lake: duckdb.DuckDBPyConnection, state: CycleState, chosen: ChosenStudents
) -> tuple[list[PreparedReport], list[str]]:
    """What a release would let out today, and the students whose report nobody could be given."""
    prepared = read_prepared(home, state.cycle)
    reports = releasable(prepared, state, chosen)
    wanted = only_reports(prepared, {(report.report, report.version) for report in reports})
    plan = make_plan(home, lake, state.cycle, None, wanted)
    return [report for report in reports if report.student not in plan.unreachable], list(plan.unreachable)


def without_done(home: Home, plan: Plan, state: CycleState) -> Plan:
    """Leaves out what the log says is delivered or sent, so that nobody is written to twice (law 8)."""
    parcels: list[Parcel] = []
    for parcel in plan.parcels:
        open_ways: defaultdict[tuple[ChannelName, ...], list[str]] = defaultdict(list)
        for report in parcel.reports:
            ways = tuple(
                channel
                for channel in parcel.channels
                if channel_of(channel).is_left(state, delivery_id(home, parcel, channel, report.report, report.version))
            )
            open_ways[ways].append(report.report)
        for ways, reports in open_ways.items():
            if ways:
                left = tuple(r for r in parcel.reports if r.report in reports)
                parcels.append(replace(parcel, channels=ways, reports=left))
    return plan.model_copy(update={"parcels": tuple(parcels)})
