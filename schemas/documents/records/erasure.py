"""The record of an erasure: where was looked for what was known about somebody, and how often it was found. No name."""

from datetime import date
from typing import Final, Literal

from termpost.schemas.base.frozen import FrozenModel

ERASURE_FORMAT: Final = "termpost.erasure/1"
SearchedPlace = Literal["store", "lake", "catalogue", "people", "prefect", "home", "backup"]


class SearchedCount(FrozenModel):
    """One place."""

    place: SearchedPlace
    objects: int  # files, objects and their versions, all of which were read
    own: int  # values of theirs alone that were found: none, or it is not done
    shared: int  # values that somebody has who stays on record: a home, a family's name, a day
    found_in: tuple[str, ...] = ()  # where `own` was, by name; a store key holds references alone


class BlindedBackup(FrozenModel):
    """A backup from before, which still has the person's key."""

    sha256: str
    made: date
    until: date  # from the day after it nothing can open it, where backups go when they are due


class ErasureRecord(FrozenModel):
    """What the office keeps and shows; its digest is in the log."""

    format: Literal["termpost.erasure/1"] = ERASURE_FORMAT
    case: str
    role: Literal["student", "contact"]
    reason: str
    duty: str | None
    by: str  # staff id
    begun: date
    day: date
    looked_for: int  # values that were known about the person, of theirs alone
    looked_for_shared: int
    places: tuple[SearchedCount, ...]
    backups: tuple[BlindedBackup, ...]
    removed: int  # objects of the store, with all their versions
    stays: tuple[str, ...] = (
        "entries of the log, under a reference that means nothing",
        "rows of the history that belong to nobody: marks, counts and days",
        "what families and other schools have been given",
    )

    @property
    def is_whole(self) -> bool:
        """Whether nothing of theirs alone was found anywhere but in backups from before."""
        return not any(one.own for one in self.places if one.place != "backup")
