"""Which access code of each recipient counts, read from the distribution log alone.

A code is derived from a counter. Every revocation adds one, and so does the office where it finds that a recipient's id
passed to another person; so a home that was restored from an old backup does not make a revoked code good again.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from termpost.schemas.log.cycle_state import NEW_PERSON
from termpost.schemas.log.entry import Entry, Logged

FIRST = 1
# reasons of `settings_changed`
REVOKED, ISSUED, LISTED, HANDED_OVER = "code-revoked", "code-issued", "code-listed", "code-handed-over"
Identified = Literal["id-document", "call-back"]  # how somebody who lost a code was known
IDENTIFIED: tuple[Identified, ...] = get_args(Identified)
REPLACED: dict[Identified, str] = {
    "id-document": "code-replaced-id-document", "call-back": "code-replaced-call-back",
}  # fmt: skip
REVOKING = frozenset({REVOKED, *REPLACED.values()})
CodeState = Literal["none", "listed", "posted", "handed-over"]
_STATES: dict[str | None, CodeState] = {LISTED: "listed", ISSUED: "posted", HANDED_OVER: "handed-over"}


class CodeCounters:
    """Folds the entries of the log, oldest first; the order does not matter."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._revoked = Counter(e.recipient for e in entries if _revokes(e))  # None: everyone's

    def of(self, recipient: str) -> int:
        return FIRST + self._revoked[None] + self._revoked[recipient]


@dataclass(frozen=True)
class CodeHolding:
    """What became of the code that counts today."""

    state: CodeState = "none"  # nobody has it
    at: datetime | None = None  # UTC
    by: str = ""  # staff id; of what was printed, the operator


class CodeHoldings:
    """Folds the entries of the log, oldest first: a code that was revoked is in nobody's hands, whoever has the paper.

    A hand-over outlasts a later letter or list: whoever signed for the code has it.
    """

    def __init__(self, entries: Iterable[Logged]) -> None:
        self._found: dict[str, CodeHolding] = {}
        for entry in entries:
            self._add(entry)

    def of(self, recipient: str) -> CodeHolding:
        return self._found.get(recipient, CodeHolding())

    def _add(self, entry: Logged) -> None:
        if _revokes(entry):
            if entry.recipient is None:
                self._found.clear()
            else:
                self._found.pop(entry.recipient, None)
        elif entry.kind == "settings_changed" and entry.recipient and (state := _STATES.get(entry.reason)):
            if state != "handed-over" and self.of(entry.recipient).state == "handed-over":
                return
            self._found[entry.recipient] = CodeHolding(state, entry.day, entry.actor)


def _revokes(entry: Entry) -> bool:
    if entry.kind == "right_decided":
        return entry.finding == NEW_PERSON and entry.recipient is not None
    return entry.kind == "settings_changed" and entry.reason in REVOKING
