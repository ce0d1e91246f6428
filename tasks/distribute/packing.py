"""Many parcels of one plan, packed on every core."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from duckdb import DuckDBPyConnection
from termpost.schemas.base.refs import ExtractId, PersonRef, SchoolId
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.documents.parcel import Parcel, Plan
from termpost.tasks.distribute.outgoing import Outgoing, make_parcel_files
from termpost.tasks.documents.words.school_words import HomeWords, words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.lake.school_names import school_names, session_title
from termpost.tasks.rights.recipients import open_recipients
from termpost.tasks.rights.rights_decisions import RightsDecisions
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.runtime.processes import held_processes
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.summarise.open_cycle import open_cycle


def pack_all(
    home: Home, lake: DuckDBPyConnection, plan: Plan, parcels: Sequence[Parcel], codes: AccessCodes,
    decisions: RightsDecisions,
) -> Iterator[Outgoing]:  # fmt: skip
    """The parcels as they lie in the outgoing area, in order. The lake is not asked again once this has returned."""
    extract_id = ExtractId(plan.extract_id)
    refs = [PersonRef(parcel.recipient) for parcel in parcels]
    recipients = open_recipients(lake, home.people, extract_id, refs, plan.day, decisions)
    children = {PersonRef(report.student) for parcel in parcels for report in parcel.reports}
    students = open_identities(lake, home.people, extract_id, StudentIdentity, children)
    names = school_names(lake, plan.extract_id)
    schools = sorted({SchoolId(report.school) for parcel in parcels for report in parcel.reports})
    opened = open_cycle(lake, home.calendar.cycle(plan.cycle), extract_id, schools)
    own = home.calendar.cycle(plan.cycle).title
    titles = {cycle.school: own or session_title(lake, extract_id, cycle.session) for cycle in opened}
    words = words_of_home(home.path, home.settings.institution.languages)
    packing = _Packing(home, plan.cycle, students, names, titles, words)
    items = [(parcel, recipients[PersonRef(parcel.recipient)], codes.of(parcel.recipient)) for parcel in parcels]
    if processes := held_processes(len(items)):
        return processes.map(_pack, packing, items)
    # Typst keeps a core busy
    return concurrent_map(partial(_pack, packing), items, at_once=len(os.sched_getaffinity(0)))


@dataclass(frozen=True)
class _Packing:
    """What all parcels of a plan need. Personal."""

    home: Home
    cycle: str
    students: Mapping[PersonRef, StudentIdentity]
    school_names: Mapping[str, str]
    titles: Mapping[SchoolId, str]  # of the cycle, by school
    words: HomeWords


def _pack(packing: _Packing, item: tuple[Parcel, ContactIdentity, str]) -> Outgoing:
    parcel, recipient, code = item
    terms = packing.words[parcel.language]
    named = dict.fromkeys(packing.titles[SchoolId(report.school)] for report in parcel.reports)
    title = " · ".join(terms.get(("term", one), one) for one in named)
    return make_parcel_files(
        packing.home, packing.cycle, parcel, recipient, packing.students, packing.school_names, code, title,
        packing.words,
    )  # fmt: skip
