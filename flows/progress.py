"""A bar in the UI that grows batch by batch, with an estimate of what is left."""

import time
from collections.abc import Callable
from typing import cast
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from termpost.flows.artifact_keys import key_of
from termpost.schemas.base.counted import counted
from termpost.schemas.base.refs import Run


class Progress:
    """Of one stage of a run.

    Args:
        about: school or cycle, for the key.
        clock: seconds, that only grow.
    """

    def __init__(
        self, run: Run, what: str, about: str, steps: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._what, self._steps, self._done, self._clock = what, max(steps, 1), 0, clock
        self._began = clock()
        self._id = create_progress_artifact(0.0, key=key_of(run, "progress", about), description=what)

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        said = f"{self._what}: {self._done:,} of {self._steps:,}{self._left()}"
        update_progress_artifact(cast("UUID", self._id), progress=100 * self._done / self._steps, description=said)

    def _left(self) -> str:
        """By the pace so far."""
        if self._done >= self._steps:
            return ""
        seconds = (self._clock() - self._began) / self._done * (self._steps - self._done)
        return f", about {counted(max(1, round(seconds / 60)), 'minute')} left"
