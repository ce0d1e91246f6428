"""What staff said of text that seemed damaged: that it is right, or what is. It counts for the value it is about.

The log has who, of whom and a sealed note; the words lie in the note, under the key of the student they are about. So a
name that was accepted once is not asked again in any cycle or extract while it stays the same; another one is.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.log.entry import Entry, EntryKind
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note, keep_note_of_nobody, read_note, writer_ref

TEXT_DECIDED: Final[EntryKind] = "text_decided"
TextParts = tuple[str | None, ...]  # of a student: given, middle, family and preferred name; of a title: itself
PlaceKind = Literal["student", "class", "piece"]
DEEPEST: Final = 20  # times that one text was stated anew


@dataclass(frozen=True)
class TextPlace:
    """Whose text it is: a student by reference, a class or a piece of work by its id."""

    kind: PlaceKind
    id: str


@dataclass(frozen=True)
class TextDecision:
    """What was said of one value; `text` is None where the value is right as it is."""

    place: TextPlace
    was: TextParts
    text: TextParts | None


def keep_decision(home: Home, decision: TextDecision, staff: StaffId, extract_id: str) -> Entry:
    """Puts the words into the store; gives the entry for the log."""
    place = decision.place
    key = f"notes/{extract_id}/t{secrets.token_hex(6)}.sealed"
    words = json.dumps({"was": decision.was, "text": decision.text}, ensure_ascii=False)
    is_person = place.kind == "student"
    digest = (
        keep_note(home, PersonRef(place.id), key, words) if is_person else keep_note_of_nobody(home, staff, key, words)
    )
    return Entry(
        kind=TEXT_DECIDED, actor=staff, reason="accept" if decision.text is None else "text", extract=extract_id,
        student=place.id if is_person else None, class_id=place.id if place.kind == "class" else None,
        line_item_id=place.id if place.kind == "piece" else None, object=key, digest=digest,
    )  # fmt: skip


class TextDecisions:
    """All that was said, oldest first; a later word about the same value goes before an earlier one."""

    def __init__(self, decisions: Sequence[TextDecision]) -> None:
        self._of: defaultdict[TextPlace, list[TextDecision]] = defaultdict(list)
        for decision in decisions:
            self._of[decision.place].append(decision)

    @classmethod
    def of(cls, home: Home) -> "TextDecisions":
        return cls(list(_read(home)))

    def places(self, kind: PlaceKind) -> list[str]:
        return [place.id for place in self._of if place.kind == kind]

    def stated(self, place: TextPlace, value: TextParts) -> TextParts:
        """What is right for a value of the extract: what was stated of it, and of that in turn; else itself."""
        for _ in range(DEEPEST):
            last = next((one for one in reversed(self._of.get(place, [])) if one.was == value), None)
            if last is None or last.text is None or last.text == value:
                break
            value = last.text
        return value

    def settles(self, place: TextPlace, value: TextParts) -> bool:
        """Whether somebody has said that this value is right, or has stated it."""
        said = self._of.get(place, [])
        return any((one.was == value and one.text is None) or one.text == value for one in said)


def _read(home: Home) -> Iterator[TextDecision]:
    for entry in home.log.entries(TEXT_DECIDED):
        if entry.student:
            place, person = TextPlace("student", entry.student), PersonRef(entry.student)
        else:
            kind: PlaceKind = "class" if entry.class_id else "piece"
            place = TextPlace(kind, entry.class_id or entry.line_item_id or "")
            person = writer_ref(home, StaffId(entry.actor))
        try:
            words = read_note(home, person, entry.object or "")
        except KeyError:  # erased, or past its time: asked again
            continue
        if words is not None:
            said = json.loads(words)
            text = said["text"]
            yield TextDecision(place, tuple(said["was"]), None if text is None else tuple(text))
