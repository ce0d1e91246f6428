"""Law 13: what is about to leave is opened again and compared with the record, on a way of its own.

`address` goes from students to contacts; this goes from the recipient to the students the record names for them, and
reads the students from the bytes, not from the plan. The letter is read too: right reports behind another family's
address would be the same misfortune.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import duckdb
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.languages import FORMATS
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.documents.parcel import Parcel
from termpost.schemas.documents.report import stamped_number
from termpost.schemas.settings.settings import RightsSettings
from termpost.tasks.channels.portal.receipts import receipt_wish
from termpost.tasks.channels.portal.reopen import Content, Opened, reopen, students_in_envelope, students_in_sealed
from termpost.tasks.distribute.parcel_files import Outgoing
from termpost.tasks.documents.pdf_text import read_as_seen, read_pages
from termpost.tasks.documents.wording import visible
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.rights.addressing import decide, may_have_own
from termpost.tasks.rights.recipients import open_recipients
from termpost.tasks.rights.rights_decisions import Rulings, with_ruled
from termpost.tasks.secrets.identities import open_identities

READABLE = "\u0530"  # beyond Latin, Greek and Cyrillic no reader gives a line of a PDF back as it was written


def allowed_among(
    students: Mapping[PersonRef, StudentIdentity],
    recipient: PersonRef,
    identity: ContactIdentity,
    day: date,
    settings: RightsSettings,
) -> dict[str, PersonRef]:
    """The same, of students who are known already: only those whom the recipient's own record names are looked at."""
    found = {}
    for reach in identity.reach:
        ref = PersonRef(reach.student)
        student = students.get(ref)
        if student is None:
            continue
        for contact in student.contacts:
            answer = decide(contact, student, reach, day, settings.age_of_majority)
            if contact.ref == recipient and answer.allowed:
                found[stamped_number(student.number)] = ref
        if ref == recipient and may_have_own(student, day, settings):
            found[stamped_number(student.number)] = ref
    return found


def recheck(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, day: date, sealed: Sequence[Outgoing],
    codes: AccessCodes, rulings: Rulings,
) -> None:  # fmt: skip
    """Reopens the sealed pages and the envelopes as they lie in the store; the record is asked once for all of them.

    Raises:
        Refused: a student without a right is in one, one is absent, a report is not the approved one, or a letter is
            to someone else.
    """
    refs = [PersonRef(outgoing.parcel.recipient) for outgoing in sealed]
    identities = open_recipients(lake, home.people, extract_id, refs, day, rulings)
    named = {PersonRef(reach.student) for identity in identities.values() for reach in identity.reach}
    known = open_identities(lake, home.people, extract_id, StudentIdentity, named)
    students = with_ruled(known, rulings, day)
    for outgoing, recipient in zip(sealed, refs, strict=True):  # not side by side: PDFium is for one thread
        identity = identities.get(recipient)
        allowed = allowed_among(students, recipient, identity, day, home.settings.rights) if identity else {}
        _recheck_one(home, outgoing, identity, allowed, codes.of(recipient))


def _recheck_one(
    home: Home, outgoing: Outgoing, identity: ContactIdentity | None, allowed: dict[str, PersonRef], code: str
) -> None:
    parcel = outgoing.parcel
    expected = {report.student for report in parcel.reports}
    try:
        if outgoing.page:
            page = home.store.get(outgoing.page)
            _compare(students_in_sealed(page, code), allowed, expected)
            content = reopen(page, code)
            _compare_bytes(home, outgoing, content.parts)
            _compare_receipt(home, content)
        if outgoing.envelope:
            envelope = home.store.get(outgoing.envelope)
            _compare(students_in_envelope(envelope), allowed, expected)
            _compare_letter(envelope, parcel, identity, code if outgoing.page else "")
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


def _compare_bytes(home: Home, outgoing: Outgoing, parts: Sequence[Opened]) -> None:
    for report, part in zip(outgoing.parcel.reports, parts, strict=True):
        for kind, data in zip(FORMATS, (part.page, part.pdf), strict=True):
            approved = report.rendition(outgoing.parcel.language, kind).digest
            if home.people.digest(PersonRef(report.student), data) != approved:
                raise Refused(
                    "bytes-changed",
                    "a sealed report is not the approved one",
                    "the outgoing area",
                    "nothing was sent; release again",
                )


def _compare_receipt(home: Home, content: Content) -> None:
    """A page may tell the school that it was opened, and nobody else."""
    if content.receipt != receipt_wish(home, content.recipient, content.delivery):
        raise Refused("wrong-receipt", "a sealed page would post its receipt where it should not", "the outgoing area",
                      "nothing was sent; release again")  # fmt: skip


def _compare_letter(envelope: bytes, parcel: Parcel, identity: ContactIdentity | None, code: str) -> None:
    """The first page names the recipient, an address on record for one of these students, and the recipient's code."""
    students = {report.student for report in parcel.reports}
    addresses = [reach.address for reach in identity.reach if reach.student in students] if identity else []
    name = identity.name if identity else ""
    wanted = [(name, code, *address) for address in addresses]
    # the slow reader is asked only where the fast one finds nothing
    if not (says(read_pages(envelope)[0].text, wanted) or says(read_as_seen(envelope, 0), wanted)):
        raise Refused(
            "wrong-letter",
            "a letter is not addressed to its recipient",
            "the outgoing area",
            "nothing was sent; tell the developers, this must not happen",
        )


def says(text: str, letters: Iterable[tuple[str, ...]]) -> bool:
    """Whether every line of one of these letters is in the text, as far as a reader can be trusted with it."""
    text = _squeezed(text)
    return any(
        all(_squeezed(visible(line)) in text for line in lines if all(sign < READABLE for sign in line))
        for lines in letters
    )


def _squeezed(text: str) -> str:
    """Without what a reader may add or lose between words, at the end of a line or in a ligature."""
    return "".join(unicodedata.normalize("NFKC", text).split())
