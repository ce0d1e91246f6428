"""How the deliveries of a cycle stand, of the report versions that count."""

from collections import defaultdict

from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.cycle_state import ARRIVED, DELIVERY_KINDS
from termpost.schemas.log.entry import Logged
from termpost.tasks.channels.print.envelope_status import lies_there
from termpost.tasks.deadlines.facts import CycleFacts, Facts


def standing_deliveries(facts: Facts, cycle: CycleFacts) -> list[Logged]:
    """The last entry of each, but for what was taken back or of a version that another one replaced."""
    last: dict[str, Logged] = {}
    for entry in facts.entries:
        if entry.delivery and entry.cycle == cycle.plan.id and entry.kind in DELIVERY_KINDS:
            last[entry.delivery] = entry
    return [one for one in last.values() if one.kind != "withdrawn" and _counts(cycle, one)]


def _counts(cycle: CycleFacts, entry: Logged) -> bool:
    found = cycle.state.reports.get((entry.report or "", entry.version or 0))
    return found is not None and not (found.withdrawn or found.superseded)


def has_left(entry: Logged) -> bool:
    """Whether it is on its way or there."""
    return entry.kind in ARRIVED and not lies_there(entry)


def not_arrived(facts: Facts, cycle: CycleFacts, school: PreparedSchool) -> set[str]:
    """Students of a school of whose report somebody who is to have it has nothing, by any channel."""
    mine = {one.report for one in school.reports}
    ways: defaultdict[tuple[str, str | None], list[Logged]] = defaultdict(list)
    for entry in standing_deliveries(facts, cycle):
        if entry.report in mine and entry.student:
            ways[entry.student, entry.recipient].append(entry)
    return {student for (student, _), found in ways.items() if not any(map(has_left, found))}
