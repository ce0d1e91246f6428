"""What becomes of one opened message: a query, a reply, an acknowledgement, or nothing, with a reason.

Who sent it is known by the key that signed it; nothing in it is believed but its words.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.documents.feedback.message import FamilyMessage, MessageKind, PostedMessage
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.query_threads import QueryKind, QueryThread
from termpost.tasks.feedback.acknowledging.proofs import KeptProof, keep_proof, proof_key
from termpost.tasks.feedback.acknowledging.record import acknowledged
from termpost.tasks.feedback.collect.sender import KnownSenders
from termpost.tasks.feedback.meetings.availability import slots_of
from termpost.tasks.feedback.queries import NewQuery, about_whom, due_for, keep_words, note_key, receive
from termpost.tasks.feedback.sent_reports import SentReport

MessageFate = Literal["query", "reply", "acknowledged", "cancelled", "known", "dropped", "left"]
MESSAGE_FATES: tuple[MessageFate, ...] = get_args(MessageFate)
QUERY_OF: dict[MessageKind, QueryKind] = {
    "question": "question", "reply": "question", "mark": "correction", "meeting": "meeting", "rating": "rating",
}  # fmt: skip
AHEAD = timedelta(days=1)  # a family may live where the day has begun that is still to come here


@dataclass(frozen=True)
class SignedMessage:
    """An opened message whose signature holds."""

    posted: PostedMessage
    said: FamilyMessage
    sender: PersonRef
    key: bytes  # public, of the page or door that signed it
    at: datetime  # when it reached the school, by the portal's clock, within what can be


@dataclass(frozen=True)
class JudgedMessage:
    """What becomes of it, and what the log gets."""

    fate: MessageFate
    why: str = ""  # of what is dropped or left
    entries: tuple[Entry, ...] = ()


def query_id_of(message_id: str) -> str:
    """The id of the query that a message makes: the same message has the same, so a replay is known."""
    return "q" + hashlib.sha256(message_id.encode()).hexdigest()[:12]


def judge(known: KnownSenders, signed: SignedMessage) -> JudgedMessage:
    """What becomes of one message. Puts the words that the entries name; whoever calls writes the entries."""
    if signed.posted.slot or signed.said.kind == "slot":
        return JudgedMessage("dropped", "wrong-place")  # times to meet are given away elsewhere
    if signed.said.kind == "acknowledgement":
        return _acknowledge(known, signed)
    thread = known.threads.get(signed.said.query or "")
    thread = thread if thread is not None and thread.contact == signed.sender else None  # nobody writes into another's
    return _cancel(known, signed, thread) if signed.said.kind == "cancel" else _words_taken(known, signed, thread)


def _words_taken(known: KnownSenders, signed: SignedMessage, thread: QueryThread | None) -> JudgedMessage:
    query_id, message = query_id_of(signed.posted.id), signed.said
    reply_key = note_key(thread.id, f"reply-{query_id[1:]}") if thread else ""
    if query_id in known.threads or reply_key in known.objects:
        return JudgedMessage("known")
    if not _words(known, signed) and message.kind != "meeting" and message.rating is None:
        return JudgedMessage("dropped", "no-words")
    if known.today[signed.sender] >= known.home.settings.feedback.messages_per_day:
        return JudgedMessage("left", "too-many")
    if thread is not None and message.kind != "rating":
        return _reply(known, thread, signed, reply_key)
    return _query(known, query_id, signed)


def _query(known: KnownSenders, query_id: str, signed: SignedMessage) -> JudgedMessage:
    message, sender, at = signed.said, signed.sender, signed.at
    report, student = known.report(sender, message), known.student(sender, message)
    class_id, cycle = _course(known, report, message)[0], report.cycle if report else None
    new = NewQuery(
        QUERY_OF[message.kind], "portal", _words(known, signed) or ("–" if message.rating is None else ""), at,
        PersonRef(student) if student else None, sender, query_id, rating=message.rating,
        cycle=cycle, report=report.report if report else None,
        version=report.version if report else None, class_id=class_id,
        has_right=known.has_right(sender, student), is_late=known.asking.is_late(sender, cycle, at),
        told_until=known.asking.until(sender, student, cycle),
    )  # fmt: skip
    received = receive(known.home, new)[1]
    about = {"query": query_id, "student": new.student, "recipient": sender, "via": "portal"}
    return JudgedMessage("query", entries=(*received, *_interpreter(about, message)))


def _interpreter(about: Mapping[str, object], message: FamilyMessage) -> list[Entry]:
    """That somebody who wants to meet needs an interpreter, so that lists and the conference sheet say it."""
    wanted = {"kind": "meeting", "reason": "wanted", "cause": "interpreter"}
    return [Entry.model_validate({**about, **wanted})] if message.kind == "meeting" and message.interpreter else []


def _reply(known: KnownSenders, thread: QueryThread, signed: SignedMessage, key: str) -> JudgedMessage:
    """Further words of whoever asked: the query is open again, with a clock of its own."""
    words = _words(known, signed) or "–"
    digest = keep_words(known.home, about_whom(thread), StaffId(thread.by), key, words)
    due = due_for(known.home, thread.kind, signed.at)
    about = {"query": thread.id, "student": thread.student, "recipient": thread.contact, "via": "portal"}
    entries = [Entry.model_validate(about | {"kind": "query_noticed", "reason": "replied", "object": key,
                                             "digest": digest, "due": due and due.isoformat(),
                                             "since": signed.at.astimezone(UTC).isoformat()})]  # fmt: skip
    if signed.said.kind == "meeting":
        entries.append(Entry.model_validate(about | {"kind": "meeting", "reason": "wanted"}))
        entries += _interpreter(about, signed.said)
    return JudgedMessage("reply", entries=tuple(entries))


def _cancel(known: KnownSenders, signed: SignedMessage, thread: QueryThread | None) -> JudgedMessage:
    """A booked meeting that the family gives back, once: the same message again is not about what was agreed on since,
    and what became of a meeting that has begun the office says."""
    last = thread.meetings[-1] if thread and thread.meetings else None
    if thread is None or last is None:
        return JudgedMessage("dropped", "no-such-meeting")
    booked = [one for one in thread.meetings if one.reason in ("booked", "moved") and one.slot]
    by_message = hashlib.sha256(signed.posted.id.encode()).hexdigest()
    if any(one.digest == by_message for one in thread.meetings):
        return JudgedMessage("known")
    if last.reason in ("cancelled", "held", "missed") or not booked:
        return JudgedMessage("known")
    slot = slots_of(known.home, booked[-1].subject or "").get(booked[-1].slot or "")
    if slot is not None and slot.starts <= known.home.clock.today():
        return JudgedMessage("dropped", "meeting-begun")
    # with whom and how it would have been, as every other entry of a meeting: by that the invitation is taken back
    said = Entry(kind="meeting", reason="cancelled", query=thread.id, student=thread.student, recipient=thread.contact,
                 slot=booked[-1].slot, subject=booked[-1].subject, via=booked[-1].via, digest=by_message)  # fmt: skip
    return JudgedMessage("cancelled", entries=(said,))


def _acknowledge(known: KnownSenders, signed: SignedMessage) -> JudgedMessage:
    home, proof, place = known.home, signed.said.proof, signed.posted.place
    one = known.report(signed.sender, signed.said)
    if one is None:
        return JudgedMessage("dropped", "no-such-report")
    if (one.report, one.version, one.recipient) in known.read:
        return JudgedMessage("known")
    if proof is None:
        return JudgedMessage("dropped", "no-proof")
    kept = KeptProof(place=place, public=base64.b64encode(signed.key).decode(), proof=proof)
    if not kept.holds() or not known.sent.is_pdf_of(home, one, proof.pdf):
        return JudgedMessage("dropped", "bad-proof")
    day = _day(proof.day)
    if day is None or not _is_possible(known, one, day):
        return JudgedMessage("dropped", "wrong-day")
    key = proof_key(one.report, one.version, one.recipient)
    digest = keep_proof(home, PersonRef(one.student), key, kept)
    return JudgedMessage("acknowledged", entries=(acknowledged(one, day, "portal", (key, digest)),))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_possible(known: KnownSenders, one: SentReport, day: date) -> bool:
    """Whether the page was there by then, and the day has come somewhere."""
    zone = known.home.calendar.zone
    since = known.sent.arrived.get((one.report, one.version, one.recipient))
    return since is not None and since.astimezone(zone).date() - AHEAD <= day <= known.home.today + AHEAD


def _words(known: KnownSenders, signed: SignedMessage) -> str:
    """What they wrote; of a mark with the course and the piece that it is about before it."""
    message = signed.said
    title = _course(known, known.report(signed.sender, message), message)[1] if message.kind == "mark" else ""
    named = " · ".join(part for part in (title, message.piece.strip()) if part)
    return "\n".join(part for part in (named, message.text.strip()) if part)


def _course(known: KnownSenders, report: SentReport | None, message: FamilyMessage) -> tuple[str | None, str]:
    """Class and title of the course that a message names by its place on the report."""
    folder = known.sent.folders.get((report.report, report.version)) if report else None
    if message.course is None or folder is None:
        return None, ""
    try:
        body = known.home.tags.opened(f"{folder}/report.json", known.home.store.get(f"{folder}/report.json"))
    except (KeyError, InputError):  # kept no longer: the words say what they are about
        return None, ""
    courses: Sequence[dict[str, str]] = json.loads(body).get("courses", [])
    course = courses[message.course] if message.course < len(courses) else {}
    return course.get("class_id"), course.get("title", "")


def as_logged(entry: Entry, at: datetime) -> Logged:
    """An entry as the log will have it, for those who look before it is written."""
    return Logged(**{name: getattr(entry, name) for name in Entry.model_fields}, seq=0, at=at, run="")
