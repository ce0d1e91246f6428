"""The tasks of record: what flows write into the distribution log."""

from collections.abc import Sequence

from termpost.schemas.base.refs import CycleId, Prepared, Run, Staged
from termpost.schemas.documents.prepared import LEFT_OFF
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import shared_home
from termpost.tasks.record.released import keep_releases
from termpost.tasks.runtime.as_task import as_task
from termpost.tasks.stage.manifests import manifest_of


@as_task("record")
def record(run: Run, entries: Sequence[Entry]) -> int:
    """Appends what the log does not know yet; returns how many entries were new."""
    return len(shared_home(run).log.append(run.id, entries))


@as_task("freeze", "{cycle_id}")
def freeze(run: Run, cycle_id: CycleId) -> int:
    """Writes into the lake which summaries each released report rests on; returns how many were new."""
    return keep_releases(shared_home(run), cycle_id)


def made(staged: Staged, corrected: frozenset[str]) -> list[Entry]:
    """One entry per rendition, and for a second version one that says which it supersedes.

    Args:
        corrected: students whose report is out; it counts until the correction is released.
    """
    cycle = staged.batch.cycle.id
    entries = []
    for r in staged.renditions:
        about = {"cycle": cycle, "report": r.report, "student": r.student}
        if r.version > 1 and r.student not in corrected:
            entries.append(Entry(kind="superseded", **about, version=r.version - 1, reason="changed-before-release"))
        entries.append(Entry(kind="report_made", **about, version=r.version, object=r.object, digest=r.digest))
    return entries


def held(run: Run, prepared: Prepared) -> list[Entry]:
    """Each hold, tied to the extract that brought it; also one that a decision covers, so that it can be made anew."""
    manifest = manifest_of(shared_home(run), prepared.school, prepared.cycle_id)
    return [] if manifest is None else [
        Entry(kind="held", cycle=manifest.cycle, student=hold.student, class_id=hold.class_id, reason=hold.reason,
              extract=manifest.extract_id)
        for hold in (*manifest.holds, *manifest.resolved) if hold.reason != LEFT_OFF
    ]  # fmt: skip
