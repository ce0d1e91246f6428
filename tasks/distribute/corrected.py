"""A corrected report goes to those who had the one it corrects, and the old link says that it was replaced."""

from dataclasses import replace

from termpost.schemas.documents.parcel import Plan
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import PublishedDelivery, Visible
from termpost.tasks.channels.registry import is_page
from termpost.tasks.channels.withdrawal import REPLACED, entry_of
from termpost.tasks.distribute.withdraw import finish
from termpost.tasks.home.home import Home
from termpost.tasks.home.stated_numbers import settle_numbers

NO_EARLIER = "had-no-earlier-version"  # why somebody with the right gets no correction: the office is asked
SUPERSEDED = "superseded"  # of a page whose recipient gets no newer one


def to_who_had_it(plan: Plan, state: CycleState) -> Plan:
    """The plan without corrections for recipients to whom no earlier version went; a report nobody had goes to all."""

    def may(recipient: str, report: str, version: int) -> bool:
        earlier = {who for of in range(1, version) for who in state.had.get((report, of), ())}
        return not earlier or recipient in earlier

    parcels, refused = [], set()
    for parcel in plan.parcels:
        stay = tuple(r for r in parcel.reports if may(parcel.recipient, r.report, r.version))
        refused |= {(r.student, parcel.recipient) for r in parcel.reports if r not in stay}
        if stay:
            parcels.append(replace(parcel, reports=stay))
    decisions = tuple(
        replace(d, allowed=False, rule=NO_EARLIER, question=True) if (d.student, d.recipient) in refused else d
        for d in plan.decisions
    )
    return plan.model_copy(update={"parcels": tuple(parcels), "decisions": decisions})


def replace_corrected(home: Home, run: str, cycle: str) -> int:
    """Takes the pages of superseded versions back once the newer one is delivered, and has those that were taken back
    before lead on to it; returns how many pages changed.

    Running it again does nothing; what a killed run left undone, the next one finishes before all else.
    """
    entries = list(home.log.entries())
    state, seen = CycleState.fold(cycle, entries), Visible.fold(entries)
    live = seen.live()
    newest = {(one.report, one.recipient): one.version for one in sorted(live, key=lambda one: one.version)}

    def said(one: PublishedDelivery) -> Entry:
        is_replaced = newest[one.report, one.recipient] > one.version
        return entry_of(one, "pipeline", REPLACED if is_replaced else SUPERSEDED)

    # an envelope of the version before was handed over long ago: only what still shows it is changed
    old = [one for one in live if one.cycle == cycle and is_page(one.channel)
           and one.version < (state.released_version(one.report) or 0)]  # fmt: skip
    if not old and not _leads_on(seen, cycle):
        settle_numbers(home, run, entries)  # where nobody has a page of the version before
        return 0
    home.log.append(run, [said(one) for one in old])
    return finish(home, run).total()


def _leads_on(seen: Visible, cycle: str) -> bool:
    """Whether a page that was taken back has a newer one beside it, to which it leads."""
    for one in seen.shown.values():
        newer = seen.newest_live.get((one.report, one.recipient, one.channel))
        is_gone = one.cycle == cycle and is_page(one.channel) and one.delivery in seen.withdrawn
        if is_gone and newer is not None and newer.version > one.version:
            return True
    return False
