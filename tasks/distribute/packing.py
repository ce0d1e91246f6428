"""Many parcels of one plan, packed on every core."""

import os
from collections.abc import Iterator, Sequence

from duckdb import DuckDBPyConnection
from termpost.schemas.base.refs import ExtractId, PersonRef, SchoolId
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.parcel import Parcel, Plan
from termpost.tasks.distribute.outgoing import Outgoing, make_parcel_files
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.lake.school_names import school_names, session_title
from termpost.tasks.rights.recipients import open_recipients
from termpost.tasks.rights.rights_decisions import RightsDecisions
from termpost.tasks.runtime.concurrent import concurrent_map
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

    def pack(parcel: Parcel) -> Outgoing:
        terms, named = (
            words[parcel.language],
            dict.fromkeys(titles[SchoolId(report.school)] for report in parcel.reports),
        )
        title = " · ".join(terms.get(("term", one), one) for one in named)
        recipient, code = recipients[PersonRef(parcel.recipient)], codes.of(parcel.recipient)
        return make_parcel_files(home, plan.cycle, parcel, recipient, students, names, code, title, words)

    return concurrent_map(pack, parcels, at_once=len(os.sched_getaffinity(0)))  # Typst keeps a core busy
