"""`[attendance]` of termpost.toml: what the words of a record mean, and how the events of a day become one."""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, Self

from pydantic import Field, StrictInt, model_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong

AttendanceEvent = Literal[
    "present", "late", "part-day",  # part of a day absent, by any number of hours
    "absent", "absent-excused", "absent-unexcused",  # "absent": nobody says whether excused
    "half-day", "half-day-excused", "half-day-unexcused",
    "not-counted",  # no day of school, for this student
]  # fmt: skip

PLAIN: Mapping[AttendanceEvent, str] = {
    "present": "present, in attendance, attended, attending, on time, in school",
    "late": "late, tardy, tardiness, late arrival, arrived late, came late, excused tardy, unexcused tardy,"
    " tardy excused, tardy unexcused, excused late, unexcused late, late excused, late unexcused",
    "part-day": "partial, partial day, part day, partial absence, early departure, early dismissal, dismissed early,"
    " left early, leaving early, early checkout, early check out, checked out early",
    "absent-unexcused": "truant, truancy",
    "not-counted": "no school, holiday, school closed, not enrolled, not scheduled",
}
NOUNS = ("absence", "absences", "absent", "abs")
# adjectives, a day of that kind, half a day of it
ABSENCES: tuple[tuple[str, AttendanceEvent, AttendanceEvent], ...] = (
    ("", "absent", "half-day"),
    ("excused, exc, authorised, authorized, approved, with excuse", "absent-excused", "half-day-excused"),
    ("unexcused, unexc, not excused, non excused, unauthorised, unauthorized, unapproved, without excuse",
     "absent-unexcused", "half-day-unexcused"),
)  # fmt: skip
HALVES = ("half day", "half a day", "half", "am half day", "pm half day", "half day am", "half day pm",
          "half day morning", "half day afternoon")  # fmt: skip


def event_word(text: str) -> str:
    """A word as it is compared: in small letters, with one space for whatever parts its letters and digits.

    insert_attendance_summary.sql and the contract of attendance do the same.
    """
    spaced = (
        " " if unicodedata.category(c)[0] in "PSZ" or c.isspace() else c for c in unicodedata.normalize("NFC", text)
    )
    return " ".join("".join(spaced).split()).lower()


@cache
def common_words() -> Mapping[str, AttendanceEvent]:
    """The words that need no setting."""
    found: dict[str, AttendanceEvent] = {}
    for event, words in PLAIN.items():
        found |= {event_word(word): event for word in words.split(",")}
    for adjectives, whole, half in ABSENCES:
        for adjective in adjectives.split(", "):
            found |= dict.fromkeys(_orders(adjective), whole)
            found |= {word: half for by in HALVES for word in _orders(adjective, by)}
    return found


def _orders(adjective: str, by: str = "") -> Iterator[str]:
    """In all orders that people write: "excused absence", "absence excused", "half day excused absence", …"""
    phrases = {adjective, *(f"{a} {b}" for noun in NOUNS for a, b in ((adjective, noun), (noun, adjective)))}
    for phrase in phrases:
        for word in {f"{by} {phrase}", f"{phrase} {by}"}:
            if spaced := event_word(word):
                yield spaced


class AttendanceSettings(FrozenModel):
    """How attendance is read; what is left out is as docs/attendance.md says."""

    words: dict[str, AttendanceEvent] = Field({})  # over the common words, in any case
    by_period: Literal["all", "any"] = "all"  # which periods of a day must be absences, for the day to be one
    periods: StrictInt = Field(1, ge=1, le=20)  # that a day has, where only absences are recorded, by period

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        seen: dict[str, AttendanceEvent] = {}
        for text, event in self.words.items():
            word = event_word(text)
            if not word:
                raise wrong("a word has neither letters nor digits", "write the word of the record", at=("words", text))
            if seen.setdefault(word, event) != event:
                raise wrong("two words that differ in case or signs alone mean different things", "keep one of them",
                            at=("words", text))  # fmt: skip
        return self

    def known(self) -> dict[str, AttendanceEvent]:
        """Every word that is known, as `event_word` spells it."""
        return {**common_words(), **{event_word(text): event for text, event in self.words.items()}}

    @property
    def version(self) -> str:
        """What of the version of a summary is theirs; empty where all is as shipped."""
        content = self.model_dump(mode="json", exclude_defaults=True)
        return "." + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8] if content else ""
