"""The access code of each recipient, as the log says which one counts."""

from collections.abc import Iterable, Iterator

from termpost.schemas.log.code_counters import FIRST, CodeCounters
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.access_codes import access_code


class AccessCodes:
    """Codes are derived, so they lie nowhere.

    Args:
        entries: the `settings_changed` of the log, at least; who opens a home for long takes new ones after a code
            was revoked.
    """

    def __init__(self, home: Home, entries: Iterable[Entry]) -> None:
        self._master = home.keys.derive("codes")
        self._counters = CodeCounters(entries)

    def of(self, recipient: str) -> str:
        return access_code(self._master, recipient, self._counters.of(recipient))

    def earlier(self, recipient: str) -> Iterator[str]:
        """Those that were revoked, the last one first."""
        for counter in range(self._counters.of(recipient) - 1, FIRST - 1, -1):
            yield access_code(self._master, recipient, counter)


def code_of(home: Home, recipient: str) -> str:
    """One recipient's code, as of now."""
    return AccessCodes(home, home.standing()).of(recipient)
