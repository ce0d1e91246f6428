"""`[run]` and `[sql]` of `termpost.toml`: how the work is spread, and what a query may take."""

from typing import Literal

from pydantic import Field, StrictInt
from termpost.schemas.base.frozen import FrozenModel


class RunSettings(FrozenModel):
    """How the work is spread."""

    runner: Literal["threads", "dask"] = "threads"
    batch: StrictInt = Field(200, ge=1, le=5000)  # reports
    # that seal and reread, where there are many; 0: as many as there are cores, 1: all in one
    processes: StrictInt = Field(0, ge=0, le=64)
    # of a run that a server started, for an extract that is not there yet, or whose source is away
    wait_minutes: StrictInt = Field(240, ge=0, le=2880)


class SqlSettings(FrozenModel):
    """What one query of an analyst may take."""

    seconds: StrictInt = Field(60, ge=1)  # after which it is stopped
    memory_mb: StrictInt = Field(1024, ge=64)  # of rows at work, and of the answer
