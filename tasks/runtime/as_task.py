"""A plain function as a Prefect task, in the one way every room does it."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from prefect import Task, task
from prefect.client.schemas.objects import State
from termpost.schemas.base.errors import RetryableError
from termpost.tasks.runtime.guard import guarded

RETRY_DELAYS = [1.0, 10.0]  # seconds

P = ParamSpec("P")
R = TypeVar("R")


def may_retry(_task: object, _run: object, state: State[object]) -> bool:
    """Only what may succeed the next time is tried again: a wrong extract stays wrong."""
    return isinstance(state.result(raise_on_failure=False), RetryableError)


def as_task(name: str, about: str = "") -> Callable[[Callable[P, R]], Task[P, R]]:
    """Names the task and its runs, guards what crosses into Prefect, and retries what may be retried.

    Args:
        about: what is added to the name of a run, with the task's parameters in braces.
    """

    def decorate(function: Callable[P, R]) -> Task[P, R]:
        return task(
            name=name, task_run_name=f"{name} {about}".strip(), retries=len(RETRY_DELAYS),
            retry_delay_seconds=RETRY_DELAYS, retry_condition_fn=may_retry,
        )(guarded(function))  # fmt: skip

    return decorate
