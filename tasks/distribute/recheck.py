"""Law 13: what is about to leave is opened again and compared with the record, on a way of its own.

`address` goes from students to contacts; this goes from the recipient to the students the record names for them, and
reads the students from the bytes, not from the plan. Each channel opens its own files; who may be in them, it is not
asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.tasks.channels.channel import ExpectedParcel
from termpost.tasks.channels.registry import file_channel, is_page
from termpost.tasks.distribute.confidential import refuse_confidential
from termpost.tasks.distribute.latest_recheck import refuse_outdated
from termpost.tasks.distribute.likeness import refuse_likeness
from termpost.tasks.distribute.outgoing import FailedFile, Outgoing, outgoing_bytes
from termpost.tasks.documents.verify.stamps import PLAN, UNSTAMPED
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.rights.recipients import open_recipients
from termpost.tasks.rights.rights_decisions import RightsDecisions
from termpost.tasks.rights.second_reading import allowed_to, plans_of
from termpost.tasks.runtime.processes import held_processes
from termpost.tasks.secrets.identities import open_identities


def recheck(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, day: date, sealed: Sequence[Outgoing],
    codes: AccessCodes, decisions: RightsDecisions,
) -> list[Outgoing]:  # fmt: skip
    """Reopens the files of these parcels as they lie in the store; the record is asked once for all of them.

    One of which a page does not say whose it is fails alone, and comes back so: what a text does to one parcel is no
    reason to keep the others.

    Raises:
        Refused: a student without a right is in one, one is absent, or what else a channel finds: a report that is not
            the approved one, a letter to someone else. A recipient, or where they live, is like somebody barred. The
            newest record knows better than the one that the cycle was prepared from.
    """
    refs = [PersonRef(outgoing.parcel.recipient) for outgoing in sealed]
    identities = open_recipients(lake, home.people, extract_id, refs, day, decisions)
    named = {PersonRef(reach.student) for identity in identities.values() for reach in identity.reach}
    students = open_identities(lake, home.people, extract_id, StudentIdentity, named)
    parcels = [outgoing.parcel for outgoing in sealed]
    refuse_likeness(home, lake, extract_id, day, parcels, identities, students, decisions)
    refuse_outdated(home, lake, extract_id, day, parcels, decisions)
    refuse_confidential(home, lake, extract_id, parcels, identities, students)
    items, apart = [], home.law.other_parent()
    for outgoing, recipient in zip(sealed, refs, strict=True):
        identity = identities.get(recipient)
        allowed = allowed_to(recipient, identity, students, decisions, day, home.settings.rights) if identity else {}
        plans = plans_of(recipient, allowed, students, day, home.settings.rights, waits_apart=bool(apart))
        items.append(_Item(outgoing, identity, allowed, plans, codes.of(recipient)))
    processes = held_processes(len(items))
    # side by side in processes alone: PDFium is for one thread
    found = processes.map(_recheck_one, home, items) if processes else (_recheck_one(home, item) for item in items)
    return [
        replace(outgoing, files=(), failed=failed) if failed else outgoing
        for outgoing, failed in zip(sealed, found, strict=True)
    ]


@dataclass(frozen=True)
class _Item:
    """One parcel, and what the record says of its recipient. Personal."""

    outgoing: Outgoing
    identity: ContactIdentity | None
    allowed: dict[str, PersonRef]  # student number → whose
    plans: frozenset[str]  # those of them whose document may go along
    code: str


def _recheck_one(home: Home, item: _Item) -> FailedFile | None:
    """The channel whose file is not to be read; None where all of them are as they should be."""
    outgoing, identity, allowed, code = item.outgoing, item.identity, item.allowed, item.code
    parcel = outgoing.parcel
    students = {report.student for report in parcel.reports}
    with_insert = {report.student for report in parcel.reports if report.insert(parcel.language)}
    has_link = any(is_page(file.channel) for file in outgoing.files)
    expected = ExpectedParcel(home, parcel, identity, code, has_link)
    for file in outgoing.files:
        data, channel = outgoing_bytes(home, parcel, file), file_channel(file.channel)
        try:
            found = channel.reopen(data, code)
            plans = {number.removeprefix(PLAN) for number in found if number.startswith(PLAN)}
            _compare({number for number in found if not number.startswith(PLAN)}, allowed, students)
            _compare_plans(plans, item.plans, {allowed[number] for number in plans & allowed.keys()} == with_insert)
            channel.compare(data, expected)
        except InputError as error:
            if isinstance(error, Refused):
                raise
            if error.code == UNSTAMPED:
                return FailedFile(file.channel, error.code)
            raise Refused(
                error.code, error.what, "a parcel in the outgoing area", "seal it again; nothing was sent"
            ) from None
    return None


def _compare(found: set[str], allowed: dict[str, PersonRef], expected: set[PersonRef | str]) -> None:
    if not found <= allowed.keys():
        raise Refused(
            "wrong-student",
            "a parcel holds a student its recipient has no right to",
            "the outgoing area",
            "nothing was sent; tell the developers, this must not happen",
        )
    if {allowed[number] for number in found} != expected:
        raise Refused(
            "incomplete-parcel",
            "a parcel does not hold what it should",
            "the outgoing area",
            "nothing was sent; release again",
        )


def _compare_plans(found: set[str], allowed: frozenset[str], is_whole: bool) -> None:
    if not found <= allowed:
        raise Refused("wrong-plan", "a parcel holds a document that its recipient has no full right to",
                      "the outgoing area", "nothing was sent; tell the developers, this must not happen")  # fmt: skip
    if not is_whole:
        raise Refused("incomplete-parcel", "a parcel does not hold what goes along with its reports",
                      "the outgoing area", "nothing was sent; release again")  # fmt: skip
