"""Who wants no more notices by e-mail, read from the distribution log alone. It never touches the right to a report."""

from collections.abc import Iterable

from termpost.schemas.log.entry import Entry

STOPPED, RESUMED = "notices-stopped", "notices-resumed"  # reasons of `settings_changed`


def unsubscribed(entries: Iterable[Entry]) -> frozenset[str]:
    """References of recipients; of several wishes the last one counts."""
    wishes: dict[str, str] = {}
    for entry in entries:
        if entry.kind == "settings_changed" and entry.recipient and entry.reason in (STOPPED, RESUMED):
            wishes[entry.recipient] = entry.reason
    return frozenset(recipient for recipient, wish in wishes.items() if wish == STOPPED)
