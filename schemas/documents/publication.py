"""What analysts are given: `analyst/current.json` names every file of the one publication that counts."""

from datetime import datetime
from typing import Final, Literal

from termpost.schemas.base.frozen import FrozenModel

PREFIX: Final = "analyst/"
CURRENT: Final = "analyst/current.json"


class PublishedFile(FrozenModel):
    """One view as Parquet."""

    view: str
    object: str  # store key
    sha256: str
    rows: int


class Publication(FrozenModel):
    """What was known at one instant."""

    format: Literal["termpost.analyst/1"] = "termpost.analyst/1"
    publication: str  # from the content of its files: the same content has the same id
    as_of: datetime  # UTC
    previous: str | None  # kept for those who are still reading it
    files: tuple[PublishedFile, ...]
