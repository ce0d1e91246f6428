"""Which times of a person are free. Pure arithmetic on instants: a meeting lasts as long as it lasts on the night on
which the clocks change, too."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from termpost.schemas.documents.feedback.staff_times import TimeSpan
from termpost.schemas.settings.sections.meeting_settings import MeetingSettings


def free_times(
    open_spans: Iterable[TimeSpan], busy: Sequence[TimeSpan], taken: Sequence[TimeSpan], settings: MeetingSettings,
    first: datetime, last: datetime,
) -> list[TimeSpan]:  # fmt: skip
    """The times for one meeting each, in order; none overlaps another, and the buffer lies between them.

    Args:
        open_spans: in which somebody can be met; each is cut from its beginning.
        busy: in which they do something else; a meeting may begin the minute it ends.
        taken: other meetings of theirs, agreed on or offered: none at another time may come nearer than the buffer.
        first, last: aware instants; a meeting begins no earlier and ends no later.
    """
    length, buffer = timedelta(minutes=settings.minutes), timedelta(minutes=settings.buffer)
    found: list[TimeSpan] = []
    for span in sorted(open_spans, key=lambda one: one.starts):
        blocking = [one for one in busy if one.overlaps(span)]
        near = [one for one in taken if one.starts < span.ends + buffer and span.starts < one.ends + buffer]
        before = [one for one in found if one.ends + buffer > span.starts]  # of a span that shares time with this one
        starts = span.starts
        while (ends := starts + length) <= span.ends:
            one, around = TimeSpan(starts=starts, ends=ends), TimeSpan(starts=starts - buffer, ends=ends + buffer)
            is_free = not any(map(one.overlaps, blocking)) and not any(map(around.overlaps, before))
            if first <= starts and ends <= last and is_free and not _comes_near(one, around, near):
                found.append(one)
            starts += length + buffer
    return sorted(found, key=lambda one: one.starts)


def _comes_near(one: TimeSpan, around: TimeSpan, taken: Sequence[TimeSpan]) -> bool:
    return any(around.overlaps(other) and not is_same(one, other) for other in taken)


def is_same(one: TimeSpan, other: TimeSpan) -> bool:
    """Whether they begin and end together."""
    return (one.starts, one.ends) == (other.starts, other.ends)


def chosen(
    times: Sequence[TimeSpan], offered: Mapping[tuple[datetime, datetime], int], count: int, zone: ZoneInfo
) -> list[TimeSpan]:
    """So many of them, in order: spread over the days, so that a family has a choice, and first those that the fewest
    others were offered.

    Args:
        offered: begin and end of a time → how many it is offered to.
    """
    by_day: defaultdict[date, int] = defaultdict(int)
    ranked: list[tuple[int, int, datetime, TimeSpan]] = []
    for one in sorted(times, key=lambda one: (offered.get((one.starts, one.ends), 0), one.starts)):
        day = one.starts.astimezone(zone).date()
        ranked.append((offered.get((one.starts, one.ends), 0), by_day[day], one.starts, one))
        by_day[day] += 1
    best = sorted(ranked, key=lambda rank: rank[:3])[:count]
    return sorted((one for *_, one in best), key=lambda one: one.starts)
