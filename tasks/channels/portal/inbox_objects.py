"""One object of the inbox: read within bounds, and taken away. Others than the portal may write there."""

import re

from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.store.interface import Store


def read_object(store: Store, key: str, name: re.Pattern[str], largest: int) -> bytes | str | None:
    """Its beginning, as long as it can be and a byte more; why not; None where somebody else has taken it."""
    if not name.fullmatch(key):
        return "bad-name"
    try:
        return store.part(key, 0, largest + 1).data  # in parts, so that neither a size nor a false sum can stop this
    except KeyError:
        return None
    except (InputError, OSError):
        return "unreadable"


def take_away(store: Store, key: str) -> bool:
    """Whether it is gone; not every name can be taken away again."""
    try:
        store.delete(key)
    except (ValueError, InputError, RetryableError, OSError):  # the next call finds it again, and the log knows it
        return False
    return True
