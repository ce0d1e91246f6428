"""Every clock of the school: until when a family may ask, and by when it is answered (docs/clocks.md).

Pure functions of calendar and settings, and the only place where such a day is computed. None of these days ends a
right: what comes later is taken and marked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from termpost.schemas.settings.calendar import QUERY_DAYS, Calendar, days_between
from termpost.schemas.settings.sections.feedback_settings import FeedbackSettings

OFFICE_DAYS: Final = QUERY_DAYS  # in which families ask, and in which the office answers what it was asked


@dataclass(frozen=True)
class Clocks:
    """By one calendar and one `[feedback]`."""

    calendar: Calendar
    feedback: FeedbackSettings = field(default_factory=FeedbackSettings)

    def mail_days(self, channels: Iterable[str]) -> int:
        """Those of the slowest channel: one recipient is told one day, on whatever they read first."""
        return max((self.feedback.mail_days.of(channel) for channel in channels), default=0)

    def ask_until(self, day: date, cycle_id: str | None = None, channels: Iterable[str] = ()) -> date:
        """The last day for questions about what goes to a family on `day`, never before it.

        Five office days, after the mail days of their channels. Where the cycle has a `query_until` of its own, as
        many as lie between its planned release and that, and not before that: a school that gives more time gives it
        late, too.
        """
        calendar, by_mail = self.calendar, self.mail_days(channels)
        cycle = next((one for one in calendar.written if one.id == cycle_id), None)
        if cycle is None or cycle.query_until is None:
            return calendar.add_office_days(day, by_mail + OFFICE_DAYS)
        given = calendar.office_days_between(cycle.release, cycle.query_until)
        return max(calendar.add_office_days(day, by_mail + given), cycle.query_until)

    def is_in_time(self, received: datetime, until: date) -> bool:
        """Whether a question came by the last day that its sender was told; all of that day counts, to midnight there.

        A paper that says "by 24 December" does not say "until half past four". The clock for the answer does.
        """
        return received.astimezone(self.calendar.zone).date() <= until

    def query_due(self, received: datetime, told_until: date | None = None) -> date:
        """The last day for staff to answer what came at an aware instant: so many of their contract days later.

        Args:
            told_until: the last day for questions that its sender was told. With it went the day of the answer, and
                what came that evening is answered by then too.
        """
        due = self._staff_day(self.calendar.received(received), self.feedback.staff_days)
        if told_until is not None and self.is_in_time(received, told_until):
            return min(due, self.answered_by(told_until))
        return due

    def earliest_due(self, received: datetime) -> date:
        """What `query_due` is at least, at whatever hour it came and whatever its sender was told."""
        return self._staff_day(received.astimezone(self.calendar.zone).date(), self.feedback.staff_days)

    def answered_by(self, until: date) -> date:
        """The last day for the answer to what came on the last day for questions: the day that papers tell."""
        return self._staff_day(until, self.feedback.staff_days)

    def office_due(self, asked: date | datetime) -> date:
        """The last day for the office to decide what it was asked: five office days, in summer too."""
        return self.calendar.add_office_days(asked, OFFICE_DAYS)

    def office_covers(self, instant: datetime) -> bool:
        """Whether staff have no contract day then: the office looks after their queries, and nobody is reminded."""
        return not self.calendar.is_staff_day(instant.astimezone(self.calendar.zone).date())

    def resumed_due(self, due: date, held: datetime, resumed: datetime) -> date:
        """The last day for the answer once a clock goes on that was stopped: later by the contract days between, once.

        Held and resumed on one day nothing changes, at whatever hours. What was late already stays as late.
        """
        zone = self.calendar.zone
        stopped, again = held.astimezone(zone).date(), resumed.astimezone(zone).date()
        if stopped > due:
            return due
        return self._staff_day(due, days_between(stopped, again, self.calendar.is_staff_day))

    def staff_days_before(self, day: date, days: int) -> date:
        """The contract day that lies `days` of them before another day."""
        return self.calendar.days_before(day, days, self.calendar.is_staff_day)

    def _staff_day(self, day: date, days: int) -> date:
        return self.calendar.add_days(day, days, self.calendar.is_staff_day)


def standing_day(told: date, counted: date, today: date) -> date:
    """What stands when a calendar is changed: a day that was told becomes later only, one that has passed stays."""
    return told if told < today else max(told, counted)
