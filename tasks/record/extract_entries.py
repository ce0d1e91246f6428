"""What the log says of an extract, whatever it is taken in for."""

from termpost.schemas.base.refs import Checked, Extract
from termpost.schemas.log.entry import Entry


def received(extract: Extract) -> list[Entry]:
    """That it was copied, and what it is."""
    return [Entry(kind="extract_received", object=extract.uri, digest=extract.sha256)]


def checked_entries(checked: Checked) -> list[Entry]:
    """The outcome, and how many rows went to quarantine."""
    where = checked.findings
    entries = [Entry(kind="checked", object=where, reason=checked.outcome.replace("_", "-"), count=checked.accepted)]
    if checked.quarantined:
        entries.append(Entry(kind="quarantined", object=where, count=checked.quarantined))
    return entries
