"""What `--as-of` means for a home."""

from datetime import datetime

from termpost.tasks.home.home import Home


def told_day(home: Home, as_of: str | None) -> datetime | None:
    """The instant by which rules go; None: the machine's. A real home that is told today goes by the machine's clock,
    so that no clock starts at an hour that somebody chose.

    Raises:
        InputError: `as_of` is no date and no instant.
    """
    if not as_of:
        return None
    told, zone = home.calendar.as_of(as_of), home.calendar.zone
    is_today = told.astimezone(zone).date() == home.clock.now().astimezone(zone).date()
    return None if is_today and not home.is_rehearsal else told
