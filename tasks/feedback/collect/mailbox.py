"""A query that came by mail has the same clock as any other; its sender's right is asked with those of the portal."""

from collections.abc import Callable, Sequence
from datetime import UTC
from functools import cache

from termpost.schemas.log.entry import Entry
from termpost.schemas.log.query_threads import reached_at
from termpost.tasks.feedback.asking_facts import AskingFacts
from termpost.tasks.feedback.collect.judge import as_logged
from termpost.tasks.feedback.queries import due_for
from termpost.tasks.home.home import Home


def dated(home: Home) -> Callable[[Entry], Sequence[Entry]]:
    """What the log gets of one: the entry, with when it reached the school and the last day for its answer."""

    @cache
    def facts() -> AskingFacts:
        return AskingFacts.of(home)

    def complete(entry: Entry) -> Sequence[Entry]:
        asking, who = facts(), entry.recipient
        at = asking.reached(who, reached_at(as_logged(entry, home.clock.today())))
        cycle = asking.cycle_of(entry)
        until = None if entry.reason == "replied" else asking.until(who, entry.student, cycle)
        due = due_for(home, entry.reason or "question", at, until)
        said = [entry.model_copy(update={
            "due": due.isoformat() if due else None, "since": at.astimezone(UTC).isoformat(), "cycle": cycle,
        })]  # fmt: skip
        if entry.kind == "query_received" and asking.is_late(who, cycle, at):
            said.append(Entry(
                kind="query_noticed", query=entry.query, student=entry.student, recipient=who, report=entry.report,
                version=entry.version, cycle=cycle, reason="out-of-time",
            ))  # fmt: skip
        return said

    return complete
