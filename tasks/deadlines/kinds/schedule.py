"""Reports by the calendar: what is to be prepared after a cut-off, resolved before a release, and released."""

from collections.abc import Iterator

from termpost.schemas.settings.law.warning_gaps import warning_gaps
from termpost.tasks.deadlines.deadline import Deadline, at
from termpost.tasks.deadlines.facts import CycleFacts, Facts


def of_schedule(facts: Facts) -> Iterator[Deadline]:
    """Of every cycle whose release was not over when the home began: an earlier one was never its work."""
    for cycle in facts.cycles:
        if cycle.plan.release >= facts.began or cycle.prepared:
            yield from _to_prepare(facts, cycle)
            yield from _holds(facts, cycle)
            yield from _to_release(facts, cycle)


def of_warnings(facts: Facts) -> Iterator[Deadline]:
    """By when families must hear of failing grades again, where the law of the place says how often and the calendar
    has no cycle in time. A span that was over when the home began was never its work."""
    line = facts.home.law.warning_every()
    for gap in warning_gaps(facts.home.calendar, line.weeks) if line else ():
        is_running = gap.told <= facts.today and (gap.next is None or facts.today < gap.next)
        if is_running and gap.due >= facts.began:
            yield from at("warning", gap.due, facts.today, 1)


def _to_prepare(facts: Facts, cycle: CycleFacts) -> Iterator[Deadline]:
    """On the first office day after the cut-off, as the schedule has it; drafts made before do not count."""
    if facts.today > cycle.plan.cutoff and not cycle.is_made:
        due = facts.home.calendar.add_office_days(cycle.plan.cutoff, 1)
        yield from at("prepare", due, facts.today, 1, cycle.plan.id)


def _holds(facts: Facts, cycle: CycleFacts) -> Iterator[Deadline]:
    """By the release: whoever is held has no report then."""
    for school in cycle.prepared if cycle.is_live else ():
        waits = cycle.waiting(school)
        yield from at("hold", cycle.plan.release, facts.today, len(waits), cycle.plan.id, school.school)


def _to_release(facts: Facts, cycle: CycleFacts) -> Iterator[Deadline]:
    for school in cycle.prepared if cycle.is_live and cycle.is_made else ():
        left = len(cycle.unreleased(school))
        yield from at("release", cycle.plan.release, facts.today, left, cycle.plan.id, school.school)
