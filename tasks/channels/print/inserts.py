"""Documents written elsewhere that join envelopes, once a registered person released exactly these bytes (law 3)."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

import pikepdf
from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import CycleId, PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.pack import Insert
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.channels.print.compose import STRIP
from termpost.tasks.channels.print.envelope_status import StoredEnvelope
from termpost.tasks.channels.print.mentions import mentions_other_student
from termpost.tasks.documents.pdf_text import is_white_below, read_pages
from termpost.tasks.documents.statement_sheet import make_statement_sheet
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_statements import kept_statements, words_of_statement
from termpost.tasks.home.staff_changes import approvers, refuse_who_may_not
from termpost.tasks.secrets.staff import RELEASE_ROLES

REASON = "enclosure"
STATEMENT = "statement"  # what the list calls a family's words that go along with a report
SIZES = {"us-letter": (612.0, 792.0), "a4": (595.276, 841.89)}  # points, portrait
PLAY = 2.0  # points that a page may be off: half of what a printer is


@dataclass(frozen=True)
class Document:
    """One to enclose."""

    pdf: bytes
    student: PersonRef | None  # whose envelopes it joins; None: everybody's
    name: str = ""  # of the file; it may name a person, so it lies beside the bytes and never in the log


def check_document(document: Document, paper: str, students: Mapping[PersonRef, StudentIdentity], where: str) -> int:
    """Whether it can go into an envelope as it is; returns how many of its pages have no text that could be read.

    Args:
        students: everybody who has a report in these envelopes; only its own student may be named in a document.

    Raises:
        InputError: `unreadable-pdf`, `encrypted-pdf`, `wrong-paper`, `has-form`, `no-room`.
        Refused: `names-another`.
    """
    _check_form(document.pdf, SIZES[paper], paper, where)
    pages = [page.text for page in read_pages(document.pdf)]
    own = students.get(document.student) if document.student else None
    if mentions_other_student(pages, [known for ref, known in students.items() if ref != document.student], own):
        raise Refused("names-another", "the document names a student whose envelope it would not be in", where,
                      "give one file a student, which names nobody else")  # fmt: skip
    return sum(not text.strip() for text in pages)


def release_documents(
    home: Home, cycle: str, wanted: Sequence[tuple[str, Sequence[Document]]], *, by: str, otp: str, at: datetime
) -> bool:
    """Puts the bytes where envelopes are printed from, and logs who released them; True where another person must too.

    Args:
        wanted: school by school.

    Raises:
        Refused: as `staff.prove` does.
    """
    who = home.staff.prove(by, otp, at, RELEASE_ROLES)
    refuse_who_may_not(home, who)
    schools = home.staff.schools_of(who)
    if schools and not schools.issuperset(school for school, _ in wanted):
        raise Refused("other-school", "a document is for another school than this person approves for", "--by",
                      "ask somebody who approves for that school")  # fmt: skip
    entries = []
    for school, document in [(school, document) for school, documents in wanted for document in documents]:
        one = _insert(home, cycle, school, document)
        people = [document.student] if document.student else None
        home.store.put(one.object, document.pdf, about=people)
        home.store.put(_name_key(one), document.name.encode(), about=people)
        about = {
            "cycle": cycle,
            "student": one.student,
            "channel": ChannelName.PRINT,
            "object": one.object,
            "digest": one.digest,
        }
        entries.append(Entry.model_validate({**about, "kind": "approved", "actor": who, "reason": REASON}))
    home.log.append("print", entries)
    said = _that_count(home, home.log.entries("approved", "settings_changed"))
    whole = [e for e in entries if len(_approvers(said, e)) >= home.settings.release.approvals]
    home.log.append("print", [e.model_copy(update={"kind": "released"}) for e in whole])
    return len(whole) < len(entries)


def released_documents(entries: Iterable[Logged], cycle: str, school: str) -> list[Insert]:
    """What was released to be enclosed in envelopes of a school, in the order of the log."""
    found = [
        Insert(object=e.object or "", digest=e.digest or "", student=e.student)
        for e in entries
        if e.kind == "released" and e.reason == REASON and e.cycle == cycle and e.object
        and e.object.startswith(f"print/{school}/{cycle}/")
    ]  # fmt: skip
    return list(dict.fromkeys(found))


def lay_statements(
    home: Home, cycle: str, school: str, entries: Sequence[Logged], names: Mapping[PersonRef, str],
    envelopes: Iterable[StoredEnvelope],
) -> list[Logged]:  # fmt: skip
    """Has what families put on the record enclosed with the reports that it goes with, once for each cycle (34 CFR
    99.21(c)); gives what is new. It was released by whoever of the staff put it there.

    Args:
        names: of students; who is not among them gets no envelope either.
    """
    laid = {e.query for e in entries if e.kind == "released" and e.reason == REASON and e.cycle == cycle}
    out = {(one.student, one.report, one.version) for envelope in envelopes for one in envelope.reports}
    said = []
    for one in kept_statements(entries):
        words, ref = words_of_statement(home, one), PersonRef(one.student)
        if one.query in laid or not words or ref not in names or not any(one.goes_with(*about) for about in out):
            continue
        day = one.kept.astimezone(home.calendar.zone).date()
        title = home.calendar.cycle(CycleId(cycle)).title or home.settings.institution.called
        pdf = make_statement_sheet(home.settings, home.calendar.country, names[ref], title, words, day)
        insert = _insert(home, cycle, school, Document(pdf, ref))
        home.store.put(insert.object, pdf, about=[ref])
        home.store.put(_name_key(insert), STATEMENT.encode(), about=[ref])
        said.append(Entry(kind="released", actor=one.by, cycle=cycle, student=ref, channel=ChannelName.PRINT,
                          object=insert.object, digest=insert.digest, reason=REASON, query=one.query))  # fmt: skip
    return home.log.append("print", said)


def joins(documents: Iterable[Insert], students: Collection[str]) -> tuple[Insert, ...]:
    """Those that go into an envelope with the reports of these students."""
    return tuple(one for one in documents if one.student is None or one.student in students)


def document_bytes(home: Home, insert: Insert) -> bytes:
    """The bytes that were released.

    Raises:
        Refused: `bytes-changed`.
    """
    try:
        data = home.store.get(insert.object)
    except KeyError:
        data = b""
    if _digest(home, data, insert.student) != insert.digest:
        raise Refused("bytes-changed", f"{insert.object} is not what was released", "the print area",
                      "put it back, or find out who changed it (termpost log verify --full)")  # fmt: skip
    return data


def document_name(home: Home, insert: Insert) -> str:
    """What the file was called; empty where that is no longer known."""
    try:
        return home.store.get(_name_key(insert)).decode()
    except KeyError:
        return ""


def _name_key(insert: Insert) -> str:
    return insert.object.removesuffix(".pdf") + ".name"


def _insert(home: Home, cycle: str, school: str, document: Document) -> Insert:
    digest = _digest(home, document.pdf, document.student)
    place = f"print/{school}/{cycle}/enclosed/{digest[:20]}.pdf"
    return Insert(object=place, digest=digest, student=document.student)


def _digest(home: Home, data: bytes, student: str | None) -> str:
    return home.people.digest(PersonRef(student), data) if student else hashlib.sha256(data).hexdigest()


def _that_count(home: Home, entries: Iterable[Logged]) -> list[Logged]:
    """Approvals since what guards a release last changed, not too old, and of people who may approve still."""
    said: list[Logged] = []
    for entry in entries:
        if entry.ends_approvals:
            said.clear()
        elif entry.kind == "approved":
            said.append(entry)
    oldest, people = home.clock.today() - timedelta(days=home.settings.release.approval_days), approvers(home)
    return [entry for entry in said if entry.day >= oldest and entry.actor in people]


def _approvers(entries: Iterable[Logged], about: Entry) -> set[str]:
    return {e.actor for e in entries if e.kind == "approved" and (e.object, e.digest) == (about.object, about.digest)}


def _check_form(pdf: bytes, size: tuple[float, float], paper: str, where: str) -> None:
    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            if document.is_encrypted:
                raise _wrong("encrypted-pdf", "the document is encrypted", where, "save it without a password")
            if not document.pages:
                raise _wrong("unreadable-pdf", "the document has no page", where, "save it as PDF once more")
            for page in document.pages:
                _check_page(page, size, paper, where)
    except pikepdf.PasswordError:
        raise _wrong("encrypted-pdf", "the document is encrypted", where, "save it without a password") from None
    except pikepdf.PdfError:
        raise _wrong("unreadable-pdf", "this is no PDF that can be read", where, "save it as PDF once more") from None
    if not is_white_below(pdf, STRIP):
        raise _wrong("no-room", "something stands in the lower 8 mm of a page, where the mark of the envelope goes",
                     where, "make it again with a wider lower margin")  # fmt: skip


def _check_page(page: pikepdf.Page, size: tuple[float, float], paper: str, where: str) -> None:
    left, bottom, right, top = (float(x) for x in page.cropbox)
    wide, tall = right - left, top - bottom
    if int(page.get("/Rotate", 0)) % 360 or abs(wide - size[0]) > PLAY or abs(tall - size[1]) > PLAY:
        raise _wrong("wrong-paper", f"a page of the document is not {paper}, upright", where,
                     f"make it again on {paper}, as the other sheets of the envelope")  # fmt: skip
    if any(str(note.get("/Subtype")) not in ("/Link", "/Popup") for note in page.get("/Annots", [])):
        raise _wrong("has-form", "the document has form fields or notes, which would not be printed", where,
                     "print it into a PDF, so that they become part of the page")  # fmt: skip


def _wrong(code: str, what: str, where: str, remedy: str) -> InputError:
    return InputError(code, what, where, remedy)
