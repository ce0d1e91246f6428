"""A query that came by mail has the same clock as any other; its sender's right is asked with those of the portal."""

from collections.abc import Callable, Sequence

from termpost.schemas.log.entry import Entry
from termpost.tasks.feedback.queries import due_for
from termpost.tasks.home.home import Home


def dated(home: Home) -> Callable[[Entry], Sequence[Entry]]:
    """What the log gets of one: the entry, with the last day for its answer."""

    def complete(entry: Entry) -> Sequence[Entry]:
        due = due_for(home, entry.reason or "question", home.clock.today())
        return [entry.model_copy(update={"due": due.isoformat() if due else None})]

    return complete
