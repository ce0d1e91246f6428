"""What the law of the place asks, and whether somebody at the school has compared it with the law."""

from collections.abc import Iterator
from typing import Final

from termpost.schemas.base.counted import counted
from termpost.schemas.settings.law.warning_gaps import warning_gaps
from termpost.tasks.home.home import Home
from termpost.tasks.store.finding import Finding

SHOWN: Final = 4  # names of one message


def audit_law(home: Home) -> Iterator[Finding]:
    """A warning, since what is unverified makes rules stricter and none looser."""
    yield from _gaps(home)
    lines = list(home.law.lines())
    if not lines:
        yield Finding("law", "warns", "no law pack is known for this place, so requests to see records have ten days",
                      "write one: docs/law.md", stops_runs=False)  # fmt: skip
        return
    open_ones = [one.name for one in lines if not one.is_verified]
    if open_ones:
        more = f" and {len(open_ones) - SHOWN} more" if len(open_ones) > SHOWN else ""
        yield Finding("law", "warns",
                      f"{counted(len(open_ones), 'line')} of law unverified: {', '.join(open_ones[:SHOWN])}{more}",
                      "compare each with its source (`termpost law`), then name who did under [law] checked",
                      stops_runs=False)  # fmt: skip


def _gaps(home: Home) -> Iterator[Finding]:
    """Spans of the calendar in which no report tells a family of a failing grade, longer than the law has them."""
    line = home.law.warning_every()
    gaps = list(warning_gaps(home.calendar, line.weeks)) if line else []
    if line and gaps:
        more = f", and {counted(len(gaps) - 1, 'further span')}" if len(gaps) > 1 else ""
        yield Finding(
            "law-warning", "warns",
            f"no report tells of failing grades for more than {counted(line.weeks, 'week')} after {gaps[0].told}{more}"
            f" ({line.source})",
            f'plan a [[cycle]] of kind = "warning" that is released by {gaps[0].due}, or name days without teaching '
            "under closures of calendar.toml",
            stops_runs=False,
        )  # fmt: skip
