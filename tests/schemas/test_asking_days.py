"""Until when a family was told that it may ask, read from the log: by cycle, page and recipient."""

from datetime import UTC, date, datetime

from termpost.schemas.log.asking_days import ToldDays
from termpost.schemas.log.entry import EntryKind, Logged
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.clocks import Clocks

CLOCKS = Clocks(Calendar.model_validate({
    "timezone": "America/Chicago", "country": "US",
    "cycle": [{"id": "a", "kind": "final", "session": "s", "cutoff": "2021-10-15", "release": "2021-10-22"}],
}))  # fmt: skip


def entry(kind: EntryKind, day: str, **more: str) -> Logged:
    at = datetime.fromisoformat(f"{day}T15:00").replace(tzinfo=UTC)
    return Logged(kind=kind, seq=1, at=at, run="r", **more)


def sealed(day: str, recipient: str, channel: str, page: str, cycle: str | None = "a") -> Logged:
    more = {"cycle": cycle} if cycle else {}
    return entry("sealed", day, recipient=recipient, channel=channel, object=page, **more)


def test_nothing_is_told_before_something_goes() -> None:
    told = ToldDays.fold(CLOCKS, [])
    assert told.of_cycle("a") == told.of_recipient("a", "p1") == date(2021, 10, 29)


def test_each_recipient_is_told_the_day_of_their_slowest_channel_on_each_of_their_pages() -> None:
    told = ToldDays.fold(CLOCKS, [
        sealed("2021-10-22", "p1", "portal", "sealed/p1/x.html"), sealed("2021-10-22", "p1", "print", "print/x.pdf"),
        sealed("2021-10-22", "p2", "portal", "sealed/p2/y.html"),
    ])  # fmt: skip
    assert told.of_page("a", "sealed/p1/x.html") == told.of_recipient("a", "p1") == date(2021, 11, 3)
    assert told.of_page("a", "sealed/p2/y.html") == told.of_recipient("a", "p2") == date(2021, 10, 29)
    assert told.of_cycle("a") == date(2021, 11, 3)


def test_a_new_code_and_a_pack_that_is_printed_later_make_it_later_for_whom_they_are() -> None:
    told = ToldDays.fold(CLOCKS, [
        sealed("2021-10-22", "p1", "portal", "sealed/p1/x.html"), sealed("2021-10-22", "p1", "print", "print/x.pdf"),
        sealed("2021-10-22", "p2", "portal", "sealed/p2/y.html"),
        sealed("2021-11-01", "p2", "portal", "sealed/p2/y.html", cycle=None),
        entry("exported", "2021-10-29", cycle="a", channel="print", object="print/pack.pdf"),
    ])  # fmt: skip
    assert told.of_recipient("a", "p1") == date(2021, 11, 10)  # mail 1, 2, 3; then 4, 5, 8, 9, 10
    assert told.of_recipient("a", "p2") == told.of_page("a", "sealed/p2/y.html") == date(2021, 11, 8)
