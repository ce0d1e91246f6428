"""What whoever asks for records has asked, heard and agreed on with the school before."""

from datetime import UTC

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.records.packet import PacketMeeting, PacketQuery, PacketWords
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.meetings.meeting_states import meeting_states
from termpost.schemas.log.query_threads import QueryThread, query_threads
from termpost.tasks.feedback.meetings.all_meetings import MeetingBook
from termpost.tasks.feedback.meetings.outcomes import minutes_behind_door
from termpost.tasks.home.kept_statements import kept_statements, words_of_statement
from termpost.tasks.home.notes import read_note
from termpost.tasks.records.requests.facts import RecordsOf

OF_STAFF = "staff"  # a kind of query that is no family's


def threads_of_person(of: RecordsOf) -> dict[str, QueryThread]:
    """What this person asked about this student."""
    known = query_threads(of.entries)
    return {
        id_: one for id_, one in known.items()
        if one.contact == of.who and one.student == of.student and one.kind != OF_STAFF
    }  # fmt: skip


def queries_of(of: RecordsOf, threads: dict[str, QueryThread]) -> tuple[PacketQuery, ...]:
    return tuple(
        PacketQuery(
            id=one.id, kind=one.kind, at=one.received.astimezone(UTC), via=one.via, state=one.state,
            text=_words(of, one.note), said=_said(of, one),
        )
        for one in threads.values()
    )  # fmt: skip


def _said(of: RecordsOf, thread: QueryThread) -> tuple[PacketWords, ...]:
    """An answer that waits for a second person's word is none yet."""
    said = [(one, "") for one in thread.replies] + [(one, of.staff_name(one.actor)) for one in thread.given]
    said.sort(key=lambda pair: pair[0].day)
    return tuple(_packet_words(of, entry, by) for entry, by in said)


def _packet_words(of: RecordsOf, entry: Logged, by: str) -> PacketWords:
    return PacketWords(at=entry.day.astimezone(UTC), by=by, text=_words(of, entry.object))


def meetings_of(of: RecordsOf, threads: dict[str, QueryThread]) -> tuple[PacketMeeting, ...]:
    """With the minutes of those in which this person took part."""
    known = query_threads(of.entries)
    book = MeetingBook(of.home, known, meeting_states(known))
    minutes = minutes_behind_door(book, of.who)
    found = list[PacketMeeting]()
    for id_ in threads:
        state = book.meetings.by_query.get(id_)
        if state is None:
            continue
        slot = book.booked_slot(state)
        said = tuple(
            PacketWords(at=one.held, by=of.staff_name(one.by), text=one.text) for one in minutes if one.query == id_
        )
        found.append(PacketMeeting(
            query=id_, step=state.step, starts=slot.starts if slot else None,
            way=state.booked.via if state.booked else None,
            by=of.staff_name(state.booked.subject or "") if state.booked else None, minutes=said,
        ))  # fmt: skip
    return tuple(found)


def statements_of(of: RecordsOf) -> tuple[PacketWords, ...]:
    """On the record, and so for everybody who may have the report (34 CFR 99.21(c)); who wrote them stands in none."""
    return tuple(
        PacketWords(at=one.kept.astimezone(UTC), by="", text=words)
        for one in kept_statements(of.entries)
        if one.student == of.student and (words := words_of_statement(of.home, one))
    )


def _words(of: RecordsOf, key: str | None) -> str:
    """What was sealed under the student's key; nothing where it was erased."""
    try:
        return (read_note(of.home, PersonRef(of.student), key) or "") if key else ""
    except KeyError:
        return ""
