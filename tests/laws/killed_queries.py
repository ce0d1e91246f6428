"""Kills what takes in messages and answers them right after each write, and writes down what was there after a rerun.

A program of its own for the reason that `killed.py` gives, whose harness it uses.

    killed_queries.py HOME COPY EXTRACT SECRET named|every
"""

import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from termpost.schemas.base.errors import InputError
from termpost.tasks.feedback.answering.answers import answer
from termpost.tasks.feedback.answering.assign import assign_queries
from termpost.tasks.feedback.queries import key_holder, threads_of
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import read_note

from tests.laws.killed import Scene, at_every_write, at_object, kill
from tests.posted_messages import collect
from tests.school import Phone, School

ANSWER = "It was marked on Friday."
# where it is killed in the suite; `every` tries every write. The nth object written or deleted under such a key
NAMED = (("inbox/messages/", 1), ("/answer-", 1))


class QueryScene(Scene):
    """The inbox of a released school, and somebody who answers whatever is open."""

    def run(self, attempt: int) -> None:
        phone = Phone(self.secret, datetime(2021, 12, 18, 14, tzinfo=UTC) + timedelta(minutes=attempt))
        school = School(self.home, phone)
        collect(school)
        home = school.open()
        assign_queries(home, "test")
        for thread in threads_of(home).values():
            if thread.kind == "question" and thread.state == "open":
                with phone.is_the_time():
                    who = home.staff.prove("mlopez", phone.code(), home.clock.now(), frozenset({"registrar"}))
                answer(home, "test", thread, who, ANSWER)

    def look(self) -> dict[str, Any]:
        home = School(self.home).open()
        seen = super().look()
        return seen | {
            "inbox": sorted(home.store.list("inbox/messages/")),
            "words": sorted(_all_words(home)),
            "logged": sorted(hashlib.sha256(json.dumps(one, sort_keys=True).encode()).hexdigest()
                             for one in _stories(seen["entries"])),
        }  # fmt: skip


def _stories(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what differs from one run to the next: sealed words have another digest each time."""
    mine = [one for one in entries if str(one["kind"]).startswith(("query_", "acknowledged", "meeting"))]
    return [{key: one[key] for key in ("kind", "recipient", "report", "version", "student", "reason")} for one in mine]


def _all_words(home: Home) -> list[str]:
    """What the log names and can be opened: a note that it does not name counts for nothing."""
    found = []
    for thread in threads_of(home).values():
        for entry in (thread, *thread.answers, *thread.replies):
            key = getattr(entry, "note", None) or getattr(entry, "object", None)
            if key is not None:
                writer = getattr(entry, "actor", thread.by)
                found.append(f"{thread.id} {read_note(home, key_holder(home, thread, writer), str(key))}")
    return found


def main() -> None:
    home, copy, extract, secret, where = sys.argv[1:]
    scene = QueryScene(Path(home), Path(copy), Path(extract), secret, "queries")
    try:
        outcomes = [kill(scene, "nowhere", lambda _: False)]
        named = (kill(scene, f"{part} {nth}", at_object(part, nth)) for part, nth in NAMED)
        outcomes.extend(at_every_write(scene) if where == "every" else named)
    except InputError as error:
        raise SystemExit(str(error)) from None
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main()
