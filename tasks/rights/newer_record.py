"""What a newer record than the one a cycle was prepared from says of those who would get a report. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from termpost.tasks.rights.rules import Rule

PERSON_CHANGED: Literal["person-changed"] = "person-changed"
EndedRule = Rule | Literal["ruling-ended", "rights-ended", "post-only"]
POST_ONLY: EndedRule = "post-only"  # what is read on a screen ends, and the right does not


@dataclass(frozen=True)
class RightToday:
    """Of one student and contact."""

    ended: EndedRule | None = None  # by which fact
    asks: str | None = None  # what the office must find out; nothing is taken back for it
    allowed: bool = False

    def takes(self, *, is_page: bool) -> bool:
        """Whether what lies open for them is taken back."""
        return self.ended is not None and (is_page or self.ended != POST_ONLY)


@dataclass(frozen=True)
class NewerRecord:
    """Of all whom a plan is about; empty where there is none, or nothing in it."""

    today: Mapping[tuple[str, str], RightToday] = field(default_factory=dict)  # student and contact
    changed: frozenset[str] = frozenset()  # contacts whose id may have passed to another person

    def ended(self, student: str, contact: str) -> EndedRule | None:
        found = self.today.get((student, contact))
        return found.ended if found else None
