"""When the head of the log was last said, so that somebody is reminded to publish it anew. It only reminds: whether it
was published nobody here can know."""

from contextlib import suppress
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ValidationError
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.atomic_files import write_durably

LAST_HEAD = "last-head.json"  # in the home


class ToldHead(BaseModel):
    """Which one, and when."""

    format: Literal["termpost.last-head/1"] = "termpost.last-head/1"
    at: datetime
    segment: int


def remember_head(home: Home, segment: int) -> None:
    """Of an auditor, who may not write into the home, nothing is remembered."""
    said = ToldHead(at=home.clock.today(), segment=segment)
    with suppress(OSError):
        write_durably(home.path / LAST_HEAD, said.model_dump_json(indent=1).encode() + b"\n")


def last_head(home: Home) -> ToldHead | None:
    """None before the first, and where the file cannot be read."""
    try:
        return ToldHead.model_validate_json((home.path / LAST_HEAD).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
