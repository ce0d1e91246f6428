"""Law 13: what is about to leave is opened again and compared with the record, on a way of its own.

`address` goes from students to contacts; this goes from the recipient to the students the record names for them, and
reads the students from the bytes, not from the plan.
"""

from datetime import date

import duckdb

from schemas.errors import InputError, Refused
from schemas.identity import ContactIdentity, StudentIdentity
from schemas.refs import ExtractId, PersonRef
from schemas.report import stamped_number
from tasks.distribute.address import decide
from tasks.distribute.outgoing import Outgoing, code_of
from tasks.distribute.reopen import reopen_sealed, students_in_envelope, students_in_sealed
from tasks.home import Home
from tasks.identities import open_identities


def allowed_numbers(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, recipient: PersonRef, day: date
) -> dict[str, PersonRef]:
    """Stamped numbers of the students whose reports this recipient may have on this day."""
    identity = open_identities(lake, home.people, extract_id, ContactIdentity, [recipient]).get(recipient)
    if identity is None:
        return {}
    children = open_identities(
        lake, home.people, extract_id, StudentIdentity, [PersonRef(r.student) for r in identity.reach]
    )
    found = {}
    for ref, student in children.items():
        for contact in student.contacts:
            reach = next((r for r in identity.reach if r.student == ref), None)
            answer = decide(contact, student, reach, day, home.settings.rights.age_of_majority)
            if contact.ref == recipient and answer.allowed:
                found[stamped_number(student.number)] = ref
    return found


def recheck(home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, day: date, outgoing: Outgoing) -> None:
    """Reopens the sealed page and the envelope as they lie in the store.

    Raises:
        Refused: a student without a right is in it, one is absent, or a report is not the approved one.
    """
    parcel = outgoing.parcel
    allowed = allowed_numbers(home, lake, extract_id, PersonRef(parcel.recipient), day)
    expected = {report.student for report in parcel.reports}
    code = code_of(home, parcel.recipient)
    try:
        if outgoing.page:
            page = home.store.get(outgoing.page)
            _compare(students_in_sealed(page, code), allowed, expected)
            _compare_bytes(home, outgoing, [part.pdf for part in reopen_sealed(page, code)])
        if outgoing.envelope:
            _compare(students_in_envelope(home.store.get(outgoing.envelope)), allowed, expected)
    except InputError as error:
        if isinstance(error, Refused):
            raise
        raise Refused(
            error.code, error.what, "a parcel in the outgoing area", "seal it again; nothing was sent"
        ) from None


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


def _compare_bytes(home: Home, outgoing: Outgoing, pdfs: list[bytes]) -> None:
    for report, pdf in zip(outgoing.parcel.reports, pdfs, strict=True):
        if home.people.digest(PersonRef(report.student), pdf) != report.rendition(".pdf").digest:
            raise Refused(
                "bytes-changed",
                "a sealed report is not the approved one",
                "the outgoing area",
                "nothing was sent; release again",
            )
