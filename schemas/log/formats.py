"""The formats of the log: what is written today, and how the rows of an earlier one are read.

Segments are never rewritten, so a home keeps those of every format that it was written in. Format 3 added fields for
questions about grades, format 4 for what becomes of a query, format 5 for requests, incidents and what is let go; each
reads what was written before as it is. Format 1 said
some facts as parts of a string: the way and the kind of a query (`question-phone`), the role of a new member of staff
(`added-teacher`), the finding of a decision about a right (`ruled-guardian`, as a `hold_resolved`), and the extract
that a hold belongs to (`landing/<extract>`). In format 2 each is a field of its own, and what says nothing is absent.
"""

from typing import Any, Final

LOG_FORMAT: Final = "termpost.log/5"
_STRINGS = "termpost.log/1"
READABLE: Final = (_STRINGS, "termpost.log/2", "termpost.log/3", "termpost.log/4", LOG_FORMAT)

_RULED, _ENDED, _ADDED = "ruled-", "ruling-ended", "added-"


def upgraded(row: dict[str, Any], written_in: str) -> dict[str, Any]:
    """A row as the newest format has it, so that nobody who reads the log asks which format it came from."""
    return _from_1(row) if written_in == _STRINGS else row


def _from_1(row: dict[str, Any]) -> dict[str, Any]:
    kind, reason, key = row["kind"], row.get("reason") or "", row.get("object") or ""
    if kind == "hold_resolved" and reason.startswith(_RULED):
        return row | {"kind": "right_decided", "reason": None, "finding": reason.removeprefix(_RULED)}
    if kind == "hold_resolved" and reason == _ENDED:
        return row | {"kind": "right_ended", "reason": None}
    if kind in ("held", "hold_resolved"):
        return row | {"extract": _extract_of(key), "object": key if key.startswith("notes/") else None}
    if kind in ("query_received", "query_answered"):
        about, _, via = reason.partition("-")
        return row | {"query": key.split("/")[1], "reason": about or None, "via": via or None}
    if kind == "staff_changed" and reason.startswith(_ADDED):
        return row | {"reason": "added", "role": reason.removeprefix(_ADDED)}
    return row


def _extract_of(key: str) -> str | None:
    """`landing/<extract>`, or `notes/<extract>/<name>` where a reason in words was given."""
    area, _, rest = key.partition("/")
    return rest.partition("/")[0] or None if area in ("landing", "notes") else None
