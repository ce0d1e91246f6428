"""What becomes of a dispute that the school does not follow: a hearing by somebody without interest, a statement.

A recording error that is not corrected: 34 CFR 99.20 to 99.22. A disagreement with a grade goes the way of the school's
own appeal policy by the same steps. Neither right ends with a clock of ours.
"""

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.query_threads import DisputeStep, QueryChange, QueryThread
from termpost.tasks.feedback.answering.answers import entry_with_words
from termpost.tasks.feedback.answering.remaining_rights import remaining_rights
from termpost.tasks.home.home import Home

# what must have been before: a step is never skipped, and never taken twice
BEFORE: dict[QueryChange, tuple[DisputeStep, ...]] = {
    "correction-refused": ("asked",), "hearing-asked": ("refused",), "hearing-lost": ("hearing",),
    "statement-kept": ("lost",),
}  # fmt: skip


def refuse(home: Home, run: str, thread: QueryThread, by: StaffId, text: str) -> None:
    """Refuses to change the record. The words that go back end with the rights that remain, in the family's language.

    Raises:
        InputError: `no-words`, `no-dispute`, `wrong-step`.
    """
    refuse_refusal(thread, text)
    words = f"{text.strip()}\n\n{remaining_rights(home, thread)}"
    answered = entry_with_words(home, thread, by, "answer", words, kind="query_answered")
    home.log.append(run, [_step(thread, "correction-refused", by), answered])


def hearing(home: Home, run: str, thread: QueryThread, by: StaffId, *, lost: bool, held_by: str | None) -> None:
    """Notes that a hearing was asked for, or was held and lost. One that is won ends with a corrected version.

    Args:
        held_by: staff id of who hears it; somebody from outside has none.

    Raises:
        InputError: `no-dispute`, `wrong-step`.
        Refused: `has-interest`, where they refused the correction, answer the query, or wrote an answer of it.
    """
    refuse_hearing(home, thread, lost=lost, held_by=held_by)
    reason: QueryChange = "hearing-lost" if lost else "hearing-asked"
    home.log.append(run, [_step(thread, reason, by, held_by)])


def refuse_refusal(thread: QueryThread, text: str) -> None:
    """Raises InputError as `refuse` says."""
    refuse_step(thread, "correction-refused")
    if not text.strip():
        raise InputError("no-words", "there are no words", "--text", "say why, in words for the family")


def refuse_hearing(home: Home, thread: QueryThread, *, lost: bool, held_by: str | None) -> None:
    """Raises as `hearing` says."""
    refuse_step(thread, "hearing-lost" if lost else "hearing-asked")
    if held_by is not None:
        home.staff.refuse_absent(held_by, "--held-by")
        if held_by in _with_interest(thread):
            raise Refused("has-interest", "who decided about it before cannot hear it", "--held-by",
                          "name somebody without a direct interest in the outcome (34 CFR 99.22(c))")  # fmt: skip


def statement(home: Home, run: str, thread: QueryThread, by: StaffId, text: str) -> None:
    """Keeps the family's statement beside the record; it is disclosed with the part that it is about (99.21(c)).

    Raises:
        InputError: `no-words`, `no-dispute`, `wrong-step`.
    """
    refuse_step(thread, "statement-kept")
    entry = entry_with_words(home, thread, by, "statement", text, kind="query_changed", reason="statement-kept")
    home.log.append(run, [entry])


def refuse_step(thread: QueryThread, step: QueryChange) -> None:
    """Raises InputError where the dispute is not there yet, or is none."""
    if thread.dispute is None:
        raise InputError("no-dispute", "this query is no dispute", thread.id,
                         "corrections and grade disputes have these steps; answer it")  # fmt: skip
    if thread.dispute not in BEFORE[step]:
        raise InputError("wrong-step", f"this dispute stands at: {thread.dispute}", thread.id,
                         "first refuse, then hearing, then hearing --lost, then statement")  # fmt: skip


def _with_interest(thread: QueryThread) -> set[str | None]:
    decided = [one.actor for one in (*thread.changes, *thread.answers) if one.reason != "assigned"]
    return {thread.assigned_to, *decided}


def _step(thread: QueryThread, reason: QueryChange, by: StaffId, held_by: str | None = None) -> Entry:
    return Entry(kind="query_changed", actor=by, query=thread.id, student=thread.student, reason=reason,
                 subject=held_by)  # fmt: skip
