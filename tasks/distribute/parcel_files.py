"""From a parcel to the bytes that leave: a sealed page, and an envelope for print. Nobody can see them yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.languages import Format
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.documents.letter import Letter
from termpost.schemas.documents.parcel import Parcel
from termpost.schemas.documents.prepared import PreparedReport
from termpost.schemas.documents.report import Contact, School
from termpost.tasks.channels.portal.receipts import receipt_wish
from termpost.tasks.channels.portal.seal import Part, seal
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.documents.typesetting import UNPRINTABLE
from termpost.tasks.home.home import Home


@dataclass(frozen=True)
class Outgoing:
    """One parcel as it lies in the store, ready to be opened by the second code path."""

    parcel: Parcel
    page: str | None  # store key of the sealed page
    envelope: str | None  # store key of the print envelope
    page_digest: str = ""  # HMAC under the recipient's key
    envelope_digest: str = ""
    failed: str | None = None  # reason code; then there is neither page nor envelope


def page_name(home: Home, parcel: Parcel) -> str:
    """Differs with the content, so that a link never shows another version than it was sent for."""
    digests = [rendition.digest for report in parcel.reports for rendition in report.renditions]
    return home.people.name(PersonRef(parcel.recipient), "page", *digests)


def link_of(home: Home, parcel: Parcel) -> str:
    """Where the recipient opens the sealed page."""
    portal = home.settings.channels.portal
    return f"{portal.base_url}/{parcel.recipient}/{page_name(home, parcel)}" if portal else ""


def pack_or_fail(
    home: Home,
    cycle: str,
    parcel: Parcel,
    identity: ContactIdentity,
    students: Mapping[PersonRef, StudentIdentity],
    school_names: Mapping[str, str],
    code: str,
) -> Outgoing:
    """Packs a parcel; a letter that cannot be printed is a failed delivery for the office, not the end of the run."""
    try:
        return pack(home, cycle, parcel, identity, students, school_names, code)
    except InputError as error:
        if error.code != UNPRINTABLE:
            raise
        return Outgoing(parcel, None, None, failed=error.code)


def pack(
    home: Home,
    cycle: str,
    parcel: Parcel,
    identity: ContactIdentity,
    students: Mapping[PersonRef, StudentIdentity],
    school_names: Mapping[str, str],
    code: str,
) -> Outgoing:
    """Seals and prints one parcel into the outgoing area, and digests what lies there."""
    recipient = PersonRef(parcel.recipient)
    prefix = f"outgoing/{cycle}/{parcel.recipient}"
    renditions = [
        (approved_bytes(home, r, parcel.language, "html"), approved_bytes(home, r, parcel.language, "pdf"))
        for r in parcel.reports
    ]
    page_key = envelope_key = None
    page_digest = envelope_digest = ""
    if "portal" in parcel.channels:
        page = _sealed(home, cycle, parcel, renditions, students, code)
        page_key, page_digest = f"{prefix}/page.html", home.people.digest(recipient, page)
        home.store.put(page_key, page)
    if "print" in parcel.channels:
        letter = _letter(home, cycle, parcel, identity, students, school_names, code)
        envelope = make_envelope(letter, [pdf for _, pdf in renditions])
        envelope_key, envelope_digest = f"{prefix}/envelope.pdf", home.people.digest(recipient, envelope)
        home.store.put(envelope_key, envelope)
    return Outgoing(parcel, page_key, envelope_key, page_digest, envelope_digest)


def approved_bytes(home: Home, report: PreparedReport, language: str, kind: Format) -> bytes:
    """One rendition of a report, compared once more with what was approved.

    Raises:
        Refused: `bytes-changed`.
    """
    rendition = report.rendition(language, kind)
    data = home.store.get(rendition.object)
    if home.people.digest(PersonRef(report.student), data) != rendition.digest:
        raise Refused(
            "bytes-changed",
            f"{rendition.object} is not what was approved",
            "the store",
            "find out who changed it (termpost log verify), then prepare the cycle again",
        )
    return data


def _sealed(
    home: Home,
    cycle: str,
    parcel: Parcel,
    renditions: list[tuple[bytes, bytes]],
    students: Mapping[PersonRef, StudentIdentity],
    code: str,
) -> bytes:
    parts = [
        Part(students[PersonRef(report.student)].name, page, pdf, f"{cycle}-{number}.pdf")
        for number, (report, (page, pdf)) in enumerate(zip(parcel.reports, renditions, strict=True), start=1)
    ]
    name = page_name(home, parcel)
    return seal(
        parts,
        code=code,
        recipient=parcel.recipient,
        delivery=name,
        school=home.settings.institution.name,
        language=parcel.language,
        query_until=query_until(home, cycle),
        receipt=receipt_wish(home, parcel.recipient, name),
    )


def query_until(home: Home, cycle: str) -> date:
    return home.calendar.cycle(cycle).query_until


def _letter(
    home: Home,
    cycle: str,
    parcel: Parcel,
    identity: ContactIdentity,
    students: Mapping[PersonRef, StudentIdentity],
    school_names: Mapping[str, str],
    code: str,
) -> Letter:
    institution = home.settings.institution
    first = parcel.reports[0]
    reach = next((r for r in identity.reach if r.student == first.student), None)
    if reach is None:
        raise Refused(
            "wrong-student",
            "a parcel holds a student its recipient is no contact of",
            "the plan",
            "nothing was sent; tell the developers, this must not happen",
        )
    return Letter(
        recipient_name=identity.name,
        address=reach.address,
        school=School(
            name=school_names[first.school], institution=institution.name, colour=institution.colours.primary
        ),
        return_address=institution.address,
        cycle_title=home.settings.institution.called,
        students=tuple(students[PersonRef(report.student)].name for report in parcel.reports),
        link=link_of(home, parcel) if "portal" in parcel.channels else "",
        code=code,
        query_until=query_until(home, cycle),
        ask=institution.ask or Contact(name=institution.name),
        envelope=home.settings.channels.print.envelope,
        language=parcel.language,
    )
