"""Answering: words back to whoever asked, once a second person approved them where the school wants that."""

import secrets

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.query_threads import CLOSE_REASONS, TO_APPROVE, QueryThread
from termpost.tasks.feedback.answering.assign import assigned
from termpost.tasks.feedback.answering.who_may import OFFICE
from termpost.tasks.feedback.queries import about_whom, keep_words, note_key
from termpost.tasks.home.home import Home


def answer(home: Home, run: str, thread: QueryThread, by: StaffId, text: str,
           corrected: tuple[str, int] | None = None) -> bool:  # fmt: skip
    """Keeps the answer and says so in the log; whether it may go back at once.

    Args:
        corrected: report and version that resolve a recording error.

    Raises:
        InputError: `no-words`, `answered`, `closed`, `no-dispute`, `no-such-version`, `other-student`.
    """
    refuse_answer(home, thread, text, corrected)
    waits = home.settings.feedback.second_eyes
    entries = [entry_with_words(home, thread, by, "answer", text, kind="query_answered",
                                reason=TO_APPROVE if waits else None)]  # fmt: skip
    if corrected is not None:
        entries.append(Entry(kind="query_noticed", query=thread.id, student=thread.student, reason="corrected",
                             report=corrected[0], version=corrected[1]))  # fmt: skip
    home.log.append(run, entries)
    return not waits


def entry_with_words(home: Home, thread: QueryThread, by: StaffId, part: str, text: str, **said: object) -> Entry:
    """Seals the words under a name of their own, and gives the entry that names them."""
    key = note_key(thread.id, f"{part}-{secrets.token_hex(4)}")
    digest = keep_words(home, about_whom(thread), by, key, text)
    about = {"actor": by, "query": thread.id, "student": thread.student, "object": key, "digest": digest}
    return Entry.model_validate(about | _whose(thread) | said)


def _whose(thread: QueryThread) -> dict[str, object]:
    """Where it is about no student, the log says by the recipient under whose key the words are."""
    return {"recipient": thread.contact} if thread.student is None and thread.contact else {}


def approve(home: Home, run: str, thread: QueryThread, by: StaffId) -> None:
    """A second person reads the last answer and lets it go back.

    Raises:
        InputError: `nothing-to-approve`.
        Refused: `same-person`.
    """
    refuse_own_answer(thread, by)
    waiting = _waiting(thread)
    home.log.append(run, [Entry(kind="query_changed", actor=by, query=thread.id, student=thread.student,
                                recipient=waiting.recipient, reason="approved", object=waiting.object,
                                digest=waiting.digest)])  # fmt: skip


def refuse_own_answer(thread: QueryThread, by: str) -> None:
    """Raises Refused `same-person` where they wrote it, before a code is spent; InputError where nothing waits."""
    if _waiting(thread).actor == by:
        raise Refused("same-person", "nobody approves their own answer", "--by", "ask somebody else")


def _waiting(thread: QueryThread) -> Entry:
    if thread.to_approve is None:
        raise InputError("nothing-to-approve", "no answer of this query waits for a second person", thread.id,
                         "see `termpost feedback list`")  # fmt: skip
    return thread.to_approve


def assign(home: Home, run: str, thread: QueryThread, to: str | None, by: StaffId) -> None:
    """Gives the query to somebody; None: to the office.

    Raises:
        InputError: `unknown-staff`, `office-only`.
    """
    refuse_assignment(home, thread, to)
    home.log.append(run, [assigned(thread, to, by)])


def refuse_assignment(home: Home, thread: QueryThread, to: str | None) -> None:
    """Raises InputError `unknown-staff` or `office-only`: what comes without the right is no teacher's to answer."""
    if to is None:
        return
    home.staff.refuse_absent(to, "--to")
    role = next(one.role for one in home.staff.list() if one.id == to)
    if role == "auditor" or (not thread.has_right and role not in OFFICE):
        raise InputError("office-only", "this person may not answer this query", "--to", "give somebody of the office")


def close(home: Home, run: str, thread: QueryThread, reason: str, by: StaffId) -> None:
    """Ends the query for a closed reason; nothing of it is lost.

    Raises:
        InputError: `closed`; `not-answered`, where it would end without the answer that is due.
    """
    refuse_closing(thread, reason)
    home.log.append(run, [_change(thread, "closed", by, cause=reason)])


def refuse_closing(thread: QueryThread, reason: str) -> None:
    """Raises InputError as `close` says."""
    if reason not in CLOSE_REASONS:
        raise ValueError(reason)
    if thread.state == "closed":
        raise InputError("closed", "this query is closed", thread.id, "`termpost feedback reopen` opens it again")
    if reason == "settled" and thread.state != "answered" and thread.kind not in ("rating", "staff", "meeting"):
        raise InputError("not-answered", "this query has no answer yet", thread.id,
                         "answer it, or give the --reason for which it needs none")  # fmt: skip


def reopen(home: Home, run: str, thread: QueryThread, by: StaffId) -> None:
    """Opens it again, with a clock that begins now.

    Raises:
        InputError: `is-open`.
    """
    refuse_open(thread)
    due = home.clocks.query_due(home.clock.today())
    home.log.append(run, [_change(thread, "reopened", by, due=due.isoformat())])


def refuse_open(thread: QueryThread) -> None:
    """Raises InputError `is-open`."""
    if thread.state in ("open", "held"):
        raise InputError("is-open", "this query is open", thread.id, "answer it")


def _change(thread: QueryThread, reason: str, by: StaffId, **more: str) -> Entry:
    about: dict[str, object] = {"actor": by, "query": thread.id, "student": thread.student, "reason": reason}
    return Entry.model_validate({"kind": "query_changed"} | about | more)


def refuse_answer(home: Home, thread: QueryThread, text: str, corrected: tuple[str, int] | None) -> None:
    """Raises InputError as `answer` says: a word more begins with `reopen`, so that it has a clock."""
    if not text.strip():
        raise InputError("no-words", "there are no words", "--text", "say something, or give --note-file FILE")
    if thread.state in ("answered", "closed") or thread.to_approve is not None:
        code = "closed" if thread.state == "closed" else "answered"
        raise InputError(code, f"this query is {code}", thread.id,
                         "`termpost feedback approve` or `reopen` goes on with it")  # fmt: skip
    if corrected is not None:
        _refuse_correction(home, thread, corrected)


def _refuse_correction(home: Home, thread: QueryThread, corrected: tuple[str, int]) -> None:
    """Raises InputError where the version does not resolve this query: it must be of the same student, and out."""
    report, version = corrected
    if thread.kind != "correction":
        raise InputError("no-dispute", "this query is about no recording error", "--corrected",
                         "leave it out, or take the query down as a correction")  # fmt: skip
    made = [one for one in home.log.entries("report_made") if (one.report, one.version) == corrected]
    if not made:
        raise InputError("no-such-version", "there is no such report version", "--corrected",
                         "give REPORT and VERSION as `termpost deliveries` has them")  # fmt: skip
    if thread.student != made[0].student:
        raise InputError("other-student", "this report is another student's", "--corrected",
                         "give a version of the report that the query is about")  # fmt: skip
    if not home.state(made[0].cycle or "").is_out(report, version):
        raise InputError("not-released", "this version is not released", "--corrected",
                         "release it first: `termpost release`")  # fmt: skip
