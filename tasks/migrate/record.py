"""Which steps a home went through: `migrations.json`. A step that stands there is never due again."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from termpost.schemas.base.clock import Clock
from termpost.schemas.base.formats import program_version
from termpost.tasks.migrate.steps import all_steps
from termpost.tasks.runtime.atomic_files import write_durably

RECORD = "migrations.json"


class Applied(BaseModel):
    """One step that was done here, or that the home was made with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str
    at: datetime
    version: str  # of termpost


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["termpost.migrations/1"] = "termpost.migrations/1"
    applied: tuple[Applied, ...] = ()


def applied_steps(home: Path) -> tuple[Applied, ...]:
    try:
        return _Record.model_validate_json((home / RECORD).read_bytes()).applied
    except FileNotFoundError:
        return ()


def record_applied(home: Path, applied: tuple[Applied, ...]) -> None:
    """Adds steps to those that are there."""
    before = applied_steps(home)
    fresh = tuple(one for one in applied if one.step not in {old.step for old in before})
    write_durably(home / RECORD, _Record(applied=before + fresh).model_dump_json(indent=1).encode() + b"\n")


def record_new_home(home: Path, clock: Clock) -> None:
    """A home that is made now has all that steps bring to an older one."""
    names = [step.name for step in all_steps()]
    record_applied(home, tuple(Applied(step=name, at=clock.now(), version=program_version()) for name in names))
