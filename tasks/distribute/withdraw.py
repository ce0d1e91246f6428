"""Taking released reports back: links show a page that says so, envelopes leave the print area.

What was saved, printed or posted cannot be recalled. The log says first what is taken back; then each object is made to
say so, which `finish` can do again after a kill.
"""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, get_args

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ReportVersion
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import Visible
from termpost.tasks.channels.channel import TakenFile
from termpost.tasks.channels.registry import file_channel
from termpost.tasks.channels.withdrawal import entry_of
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes

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
    live = [one for one in Visible.fold(entries).live() if (one.report, one.version) in reports]
    students = {(e.report, e.version): e.student for e in entries if e.kind == "report_made"}
    said = [
        Entry(kind="withdrawn", actor=actor, cycle=cycle, report=key[0], version=key[1], student=students[key],
              reason=reason)
        for key, cycle in reports.items()
    ]  # fmt: skip
    home.log.append(run, said + [entry_of(one, actor, reason) for one in live])
    return TakenBack(len(reports), finish(home, run, actor))


def finish(home: Home, run: str, actor: str = "pipeline") -> Counter[str]:
    """Makes every object say what the log says; returns how many of each kind changed."""
    entries = list(home.log.entries())
    seen, codes = Visible.fold(entries), AccessCodes(home, entries)
    changed: Counter[str] = Counter()
    for key, shown in seen.objects().items():
        taken = TakenFile(key, shown, seen, codes)
        if taken.gone:
            channel = file_channel(shown[0].channel)
            changed[channel.counted_as] += channel.take_back(home, run, actor, taken)
    return changed
