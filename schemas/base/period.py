"""Periods of days, open on either side, as records have them for restrictions and agreements."""

from datetime import date


def covers(since: date | None, until: date | None, day: date) -> bool:
    """Whether the day lies in it. Without a first day it has always been, without a last it goes on; `until` is the
    first day that is free again."""
    return (since is None or since <= day) and (until is None or day < until)
