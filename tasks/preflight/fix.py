"""What `termpost doctor --fix` may do by itself: nothing that opens, deletes or decides anything."""

from collections.abc import Iterator

from termpost.tasks.home.home import Home
from termpost.tasks.runtime.owner_only import close_to_others


def fix_home(home: Home) -> Iterator[tuple[str, str]]:
    """Sets up the store and closes the keys to others; each step with its outcome."""
    yield from home.store.set_up(home.retention.landing_days)
    yield from close_to_others("keys", home.path / "secrets")
