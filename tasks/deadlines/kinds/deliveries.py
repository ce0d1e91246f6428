"""What did not arrive, of which nobody knows, and what families have not looked at yet."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.entry import Logged
from termpost.tasks.channels.print.envelope_status import stored_envelopes
from termpost.tasks.channels.registry import is_page
from termpost.tasks.deadlines.deadline import Deadline, DeadlineCode, at
from termpost.tasks.deadlines.facts import CycleFacts, Facts
from termpost.tasks.deadlines.kinds.arrival import standing_deliveries
from termpost.tasks.feedback.acknowledging.unacknowledged import unacknowledged

BROKEN: tuple[DeadlineCode, ...] = ("failed", "uncertain")  # states of a delivery that somebody must see to


def of_deliveries(facts: Facts) -> Iterator[Deadline]:
    """Of the cycles that families may still ask about, and of the last one."""
    for cycle in facts.cycles:
        if cycle.is_live:
            standing = standing_deliveries(facts, cycle)
            yield from _broken(facts, cycle, standing)
            yield from _unopened(facts, cycle, standing)
            yield from _envelopes(facts, cycle)
    yield from _unacknowledged(facts)


def _broken(facts: Facts, cycle: CycleFacts, standing: Iterable[Logged]) -> Iterator[Deadline]:
    """On the office day after it was found out: each is a family that waits."""
    for entry in standing:
        school = _school_of(cycle, entry)
        for code in BROKEN:
            if entry.kind == code:
                due = facts.home.calendar.add_office_days(facts.day(entry), 1)
                yield from at(code, due, facts.today, 1, cycle.plan.id, school)


def _unopened(facts: Facts, cycle: CycleFacts, standing: Iterable[Logged]) -> Iterator[Deadline]:
    """It waits for families, so it is never overdue."""
    wait = timedelta(days=facts.home.settings.deadlines.unopened_days)
    for entry in standing:
        if entry.kind == "delivered" and is_page(entry.channel) and facts.day(entry) + wait <= facts.today:
            school = _school_of(cycle, entry)
            yield Deadline("unopened", facts.day(entry) + wait, "waiting", 1, cycle.plan.id, school)


def _envelopes(facts: Facts, cycle: CycleFacts) -> Iterator[Deadline]:
    """Within `[deadlines] post_days` office days of the day on which they were sealed."""
    laid: dict[str, date] = {}
    for entry in facts.entries:
        if entry.object and entry.kind in ("planned", "sent") and entry.cycle == cycle.plan.id:
            laid[entry.object] = facts.day(entry)
    days = facts.home.settings.deadlines.post_days
    for envelope in stored_envelopes(facts.entries, cycle.plan.id):
        if envelope.done is None and envelope.object in laid:
            due = facts.home.calendar.add_office_days(laid[envelope.object], days)
            yield from at("envelope", due, facts.today, 1, cycle.plan.id, envelope.school)


def _unacknowledged(facts: Facts) -> Iterator[Deadline]:
    """Where the school asks for it; it blocks nothing, so it is never overdue."""
    said = facts.home.settings.feedback
    if not said.acknowledge:
        return
    live = {cycle.plan.id for cycle in facts.cycles if cycle.is_live}
    wait, found = timedelta(days=said.acknowledge_days), Counter[tuple[date, str]]()
    for one in unacknowledged(facts.home, said.acknowledge_days):
        if one.sent.cycle in live:
            found[one.since + wait, one.sent.cycle] += 1
    for (due, cycle_id), count in found.items():
        yield Deadline("unacknowledged", due, "waiting", count, cycle_id)


def _school_of(cycle: CycleFacts, entry: Logged) -> str | None:
    return next((school.school for school in cycle.prepared if _has(school, entry)), None)


def _has(school: PreparedSchool, entry: Logged) -> bool:
    return any(one.report == entry.report for one in school.reports)
