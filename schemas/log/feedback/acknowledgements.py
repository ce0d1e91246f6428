"""Who said that they have read which report version, read from the distribution log alone."""

from collections.abc import Iterable

from termpost.schemas.log.entry import Logged

ReadBy = tuple[str, int, str]  # report, version, recipient
READ_ON = "read-"  # `reason` of `acknowledged`: the day on which they said so, ISO 8601


def acknowledgements(entries: Iterable[Logged]) -> dict[ReadBy, Logged]:
    """The first word of each person about each report version."""
    found: dict[ReadBy, Logged] = {}
    for entry in entries:
        if entry.kind == "acknowledged" and entry.report and entry.version and entry.recipient:
            found.setdefault((entry.report, entry.version, entry.recipient), entry)
    return found


def read_on(entry: Logged) -> str:
    """The day, ISO 8601."""
    return (entry.reason or "").removeprefix(READ_ON)
