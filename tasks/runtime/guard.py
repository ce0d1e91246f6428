"""What may cross into Prefect when a task fails: kind and place, never a message that may quote the data (law 9)."""

import functools
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.runtime.os_errors import as_user_error

P = ParamSpec("P")
R = TypeVar("R")


class InternalError(Exception):
    """A fault in termpost itself. The original message stays behind, because databases and parsers quote values."""


def guarded(function: Callable[P, R]) -> Callable[P, R]:
    """Lets termpost's own errors through, says in one line what disk or store refuse, and reduces every other error
    to its type and place.

    With TERMPOST_DEBUG=1 (what `--debug` sets) the original error passes, for a developer with invented data.
    """

    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        if os.environ.get("TERMPOST_DEBUG") == "1":
            return function(*args, **kwargs)
        try:
            return function(*args, **kwargs)
        except (InputError, RetryableError, InternalError) as error:
            # what it was raised from may quote the data, and a traceback prints the whole chain
            error.__cause__ = error.__context__ = None
            raise
        except Exception as error:  # noqa: BLE001 - raised below
            said = as_user_error(error) or redacted(error)
        raise said  # outside the block, so that the original does not hang on as its context

    return inner


def redacted(error: Exception) -> InternalError:
    """Type and place of an unexpected error."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{last.name}, line {last.lineno} of {Path(last.filename).name}"
    return InternalError(
        f"{type(error).__name__} in {place}: a fault in termpost; --debug shows more, and may quote the data"
    )
