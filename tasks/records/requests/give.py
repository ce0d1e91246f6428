"""The packet, sealed: made, opened again by a second code path, in the log, and only then handed over (laws 6, 13)."""

import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.log.records.requests import RecordsRequest
from termpost.tasks.channels.portal.office_contact import office_contact, office_hours
from termpost.tasks.channels.portal.reopen import reopen_sealed
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.records.readable import data_of, page_of_records, pdf_of_records, schema_text
from termpost.tasks.papers.records.words import RecordsWords, words_of
from termpost.tasks.records.requests.packet import MadePacket, access_packet, transfer_packet
from termpost.tasks.records.requests.receive import end_request, words_of_request
from termpost.tasks.records.requests.recheck import OtherPeople, refuse_other_people, texts_of_page, texts_of_pdf
from termpost.tasks.records.requests.right import refuse_without_right
from termpost.tasks.secrets.access_codes import access_code

GIVEN = "given"
SMALLEST = 2048  # bits of a certificate's RSA key


@dataclass(frozen=True)
class SealedPacket:
    """What is handed over, and what opens it: apart from it, and kept nowhere."""

    data: bytes
    code: str  # empty: the school's own key opens it
    reports: int
    case: str


def give_access(home: Home, run: str, request: RecordsRequest, by: StaffId) -> SealedPacket:
    """Everything this person may see, in one sealed page. The log says that it was given before anybody has it.

    Raises:
        NoRightError: they have no right today.
        Refused: `other-people`, `bytes-changed`.
    """
    with open_lake(home.lake) as lake:
        refuse_without_right(home, lake, request.student, request.recipient)
        made = access_packet(home, lake, request)
        others = OtherPeople(home, lake, (request.student, request.recipient))
    return _given(home, run, request, by, made, others, None)


def give_transfer(
    home: Home, run: str, request: RecordsRequest, by: StaffId, certificate: bytes | None
) -> SealedPacket:  # fmt: skip
    """What the next school needs. Whoever asks for it must have the right to the records today.

    Args:
        certificate: PEM of the school's RSA certificate; the packet is then a CMS message that its key opens, else a
            sealed page with a code.

    Raises:
        NoRightError: whoever asked has no right today.
        InputError: `bad-certificate`.
        Refused: `other-people`, `bytes-changed`.
    """
    key = None if certificate is None else _certificate(certificate)
    with open_lake(home.lake) as lake:
        refuse_without_right(home, lake, request.student, request.recipient)
        made = transfer_packet(home, lake, request, words_of_request(home, request))
        others = OtherPeople(home, lake, (request.student,))
    return _given(home, run, request, by, made, others, key)


def _given(
    home: Home, run: str, request: RecordsRequest, by: StaffId, made: MadePacket, others: OtherPeople,
    key: x509.Certificate | None,
) -> SealedPacket:  # fmt: skip
    words = words_of_home(home.path, (made.language,))
    said = words_of(home.settings, home.calendar, made.packet, made.language, words)
    parts = list(_parts(home, made, said))
    if key is None:
        code = access_code(secrets.token_bytes(32), request.case, 0)
        data = _sealed(home, parts, code, request, made)
        opened = [(part.page, part.pdf) for part in reopen_sealed(data, code)]
    else:
        code, packed = "", _packed(parts, made)
        opened = _unpacked(packed)
        data = _enveloped(packed, key)
    (page, pdf), reports = opened[0], opened[1:]
    refuse_other_people(
        others, (*texts_of_page(page), *texts_of_pdf(pdf)),
        (text for page, pdf in reports for text in (*texts_of_page(page), *texts_of_pdf(pdf))),
    )  # fmt: skip
    digest = home.people.digest(PersonRef(request.student), data)
    end_request(home, run, request, by, GIVEN, digest=digest)
    return SealedPacket(data, code, len(made.files), request.case)


def _parts(home: Home, made: MadePacket, said: RecordsWords) -> Iterator[SealedReport]:
    pdf = pdf_of_records(home.settings, said, made.packet, made.day)
    yield SealedReport(said.title, page_of_records(said), pdf, "records.pdf")
    for one in made.files:
        report = one.entry.report
        title = f"{report.cycle_title} · {report.counted_version}"
        yield SealedReport(title, one.page, one.pdf, one.entry.file)
        if one.insert:
            plan = translator_for(made.language).text("insert", "title")
            name = f"{one.entry.file.removesuffix('.pdf')}-plan.pdf"
            yield SealedReport(f"{title} · {plan}", *one.insert, name, is_insert=True)


def _sealed(home: Home, parts: list[SealedReport], code: str, request: RecordsRequest, made: MadePacket) -> bytes:
    return seal(
        parts, code=code, recipient=request.case, delivery=request.case, school=home.settings.institution.called,
        language=made.language, query_until=home.clocks.ask_until(home.today),
        contact=office_contact(home.settings, office_hours(home.calendar, made.language)),
    )  # fmt: skip


def _packed(parts: list[SealedReport], made: MadePacket) -> bytes:
    files = [
        ("index.html", parts[0].page), ("records.pdf", parts[0].pdf),
        ("records.json", data_of(made.packet).encode()), ("records.schema.json", schema_text().encode()),
    ]  # fmt: skip
    for one in parts[1:]:
        files += [(f"reports/{one.filename.removesuffix('.pdf')}.html", one.page), (f"reports/{one.filename}", one.pdf)]
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _unpacked(packed: bytes) -> list[tuple[bytes, bytes]]:
    """Page and PDF of each part, as they lie in the zip."""
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        reports = sorted(name for name in archive.namelist() if name.startswith("reports/") and name.endswith(".pdf"))
        pairs = [("index.html", "records.pdf"), *((f"{name.removesuffix('.pdf')}.html", name) for name in reports)]
        return [(archive.read(page), archive.read(pdf)) for page, pdf in pairs]


def _enveloped(packed: bytes, certificate: x509.Certificate) -> bytes:
    """CMS (RFC 5652), DER: `openssl cms -decrypt -inform DER -inkey KEY -in FILE -out records.zip` opens it."""
    builder = PKCS7EnvelopeBuilder().set_data(packed).add_recipient(certificate)
    return builder.set_content_encryption_algorithm(AES256).encrypt(Encoding.DER, [PKCS7Options.Binary])


def _certificate(pem: bytes) -> x509.Certificate:
    try:
        found = x509.load_pem_x509_certificate(pem)
        key = found.public_key()
    except ValueError:
        key = None
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST:
        raise InputError("bad-certificate", "this is no certificate with an RSA key of 2048 bits or more", "--key",
                         "ask the school for its certificate in PEM, or leave --key out")  # fmt: skip
    return found
