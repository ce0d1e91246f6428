"""How long a line of the retention policy keeps things, as papers for staff and auditors say it."""

from typing import Final

from termpost.schemas.retention.kinds import Start
from termpost.schemas.retention.policy import RetentionLine

STARTS: Final[dict[Start, str]] = {
    "landed": "the day it landed", "made": "the day it was made", "released": "the day a family could read it",
    "closed": "the day the question was closed", "left": "the day the student left",
    "school-year-end": "the end of the school year", "next-school-year-end": "the end of the next school year",
}  # fmt: skip
BLIND: Final = "as long as the record; once the person is erased it is about nobody"


def how_long(line: RetentionLine) -> str:
    """`7 years after the day it was made`, `until the end of the next school year`, `kept`."""
    if line.then == "blind":
        return BLIND
    if line.period is None or line.start is None:
        return "kept"
    start = STARTS[line.start]
    return f"{line.period} after {start}" if line.period.number else f"until {start}"
