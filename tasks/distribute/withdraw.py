"""Taking released reports back: links show a page that says so, envelopes leave the print area.

What was saved, printed or posted cannot be recalled. The log says first what is taken back; then each object is made to
say so, which `finish` can do again after a kill.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, get_args

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ReportVersion
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.published_objects import PublishedDelivery, Visible
from termpost.tasks.channels.channel import TakenFile
from termpost.tasks.channels.registry import file_channel
from termpost.tasks.channels.withdrawal import entry_of
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.home.stated_numbers import settle_numbers

Reason = Literal["wrong-mark", "wrong-student", "wrong-recipient", "rights-changed", "too-early", "other-mistake"]
REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True)
class TakenBack:
    """What a withdrawal did."""

    reports: int
    changed: Counter[str]  # `pages`, `envelopes`: files that now say so, or are gone


def released_in(states: Sequence[CycleState], wanted: AbstractSet[str]) -> dict[ReportVersion, str]:
    """Report versions that are out, of these reports or students, with their cycle."""
    return {
        key: state.cycle
        for state in states
        for key, report in state.reports.items()
        if report.released and not report.withdrawn and wanted & {key[0], report.student}
    }


def withdraw(home: Home, run: str, actor: str, reports: dict[ReportVersion, str], reason: str) -> TakenBack:
    """Takes report versions (with their cycle) back from all recipients, once what was left undone before is done.

    Args:
        actor: a registered person who has proved who they are, or the pipeline where a correction replaces a report.
        reason: one of REASONS, or `replaced`.

    Raises:
        InputError: `nothing-out`.
    """
    finish(home, run)
    if not reports:
        raise InputError("nothing-out", "no report of these is out", "withdraw", "see `termpost status`")
    entries = list(home.log.entries())
    live = [one for one in Visible.fold(entries).open() if (one.report, one.version) in reports]
    students = {(e.report, e.version): e.student for e in entries if e.kind == "report_made"}
    said = [
        Entry(kind="withdrawn", actor=actor, cycle=cycle, report=key[0], version=key[1], student=students[key],
              reason=reason)
        for key, cycle in reports.items()
    ]  # fmt: skip
    home.log.append(run, said + [entry_of(one, actor, reason) for one in live])
    return TakenBack(len(reports), finish(home, run, actor))


def withdraw_from(
    home: Home, run: str, actor: str, recipient: str, reason: Reason, cycle: str | None = None,
    report: str | None = None,
) -> TakenBack:  # fmt: skip
    """Takes back what lies open for one recipient alone; it stays so until somebody says `deliveries resolve --resend`.

    Raises:
        InputError: `nothing-out`.
    """
    finish(home, run)
    mine = [
        one for one in lying_open(Visible.fold(home.log.entries()).open())
        if one.recipient == recipient and cycle in (None, one.cycle) and report in (None, one.report)
    ]  # fmt: skip
    if not mine:
        raise InputError("nothing-out", "nothing lies open for this recipient", "withdraw", "see `termpost deliveries`")
    home.log.append(run, [entry_of(one, actor, reason) for one in mine])
    return TakenBack(len({(one.report, one.version) for one in mine}), finish(home, run, actor))


def lying_open(deliveries: Iterable[PublishedDelivery]) -> list[PublishedDelivery]:
    """Those whose file can still be taken back: not what was posted."""
    return [one for one in deliveries if file_channel(one.channel).lies_open(one.state, one.reason)]


def finish(
    home: Home, run: str, actor: str = "pipeline", busy: Collection[str] = (), known: Sequence[Logged] | None = None
) -> Counter[str]:
    """Makes every object say what the log says; returns how many of each kind changed.

    Args:
        busy: cycles that another run is at work on, whose objects are left to it.
        known: all entries of the log, where somebody read them just now.
    """
    entries = list(home.log.entries()) if known is None else known
    seen, codes = Visible.fold(entries), AccessCodes(home, entries)
    changed: Counter[str] = Counter()
    settle_numbers(home, run, entries, busy)
    # of what was begun nobody knows whether it is there: nothing of it stays, and the next release makes it anew
    begun = [(key, [one for one in shown if one.delivery in seen.withdrawn])
             for key, shown in seen.objects_begun().items()]  # fmt: skip
    for key, shown in [*seen.objects().items(), *begun]:
        if not shown or shown[0].cycle in busy:
            continue
        taken = TakenFile(key, shown, seen, codes)
        if taken.gone:
            channel = file_channel(shown[0].channel)
            changed[channel.counted_as] += channel.take_back(home, run, actor, taken)
    for key, one in seen.abandoned.items():
        if one.cycle not in busy and home.store.head(key) is not None:
            home.log.append(run, [Entry(kind="withdrawn", actor=actor, recipient=one.recipient, channel=one.channel,
                                        object=key, count=one.count)])  # fmt: skip
            home.store.delete(key)
    return changed
