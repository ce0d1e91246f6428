"""Parents whom the child does not live with, where the law of the place has them ask and wait (603 CMR 23.07(5))."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from termpost.schemas.documents.identity import ContactRights
from termpost.schemas.log.records.parents_apart import ApartRule, ParentAsks
from termpost.tasks.home.home import Home
from termpost.tasks.rights.rules import PARENTS


@dataclass(frozen=True)
class ParentsApart:
    """What the law of a home asks of them; nothing where it has no such line."""

    days: int = 0  # that records wait once the other parent was told; 0: no law asks
    asks: ParentAsks = field(default_factory=ParentAsks)

    def rule(self, student: str, contact: ContactRights, day: date) -> ApartRule | None:
        """Why this contact is given nothing on that day; None: this is no reason."""
        if not self.days or not is_apart(contact):
            return None
        return self.asks.rule(student, contact.ref, day, self.days)


NO_LAW: Final = ParentsApart()


def is_apart(contact: ContactRights) -> bool:
    """Whether the record says that the child does not live with this parent; what it does not say is not guessed."""
    return (contact.relation or "").strip().lower() in PARENTS and contact.lives_with is False


def parents_apart(home: Home) -> ParentsApart:
    """By the law packs and the log."""
    line = home.law.other_parent()
    return ParentsApart(line.days, ParentAsks.fold(home.log.entries("access_request"))) if line else NO_LAW
