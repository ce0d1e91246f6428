"""The tasks of stage."""

from collections import Counter
from collections.abc import Sequence

from prefect.logging import get_run_logger
from termpost.schemas.base.refs import CycleId, ExtractId, Prepared, Rendered, Run, Staged, Summaries
from termpost.schemas.documents.prepared import manifest_key
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.hold_decisions import HoldDecisions
from termpost.tasks.home.home import shared_home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.runtime.as_task import as_task
from termpost.tasks.stage.corrections import corrected_students
from termpost.tasks.stage.hold import manifest
from termpost.tasks.stage.manifests import keep_manifest, prepared_of
from termpost.tasks.stage.read_back import read_back


@as_task("stage", "{rendered.batch.cycle.school} batch {rendered.batch.index}")
def stage(run: Run, rendered: Rendered) -> Staged:
    """Reads checksums back: what does not lie in the store as it was made goes no further."""
    staged = read_back(shared_home(run).store, rendered)
    get_run_logger().info("%d objects read back", len(staged.renditions))
    return staged


@as_task("corrections", "{cycle_id}")
def corrections(run: Run, cycle_id: CycleId, asked: tuple[str, ...]) -> frozenset[str]:
    """Students whose released report gets a new version: those asked for, and those whose correction still waits."""
    home = shared_home(run)
    state = CycleState.fold(cycle_id, home.log.entries())
    return corrected_students(state, prepared_of(home, cycle_id), asked)


@as_task("goes back", "{cycle_id}")
def goes_back(run: Run, cycle_id: CycleId, extract_id: ExtractId) -> bool:
    """Whether a cycle that was prepared from another extract gets this one: if it is an older one, it is the record
    again. Who prepares from the same one again, to apply a decision, says nothing of which is newer."""
    prepared = prepared_of(shared_home(run), cycle_id)
    return bool(prepared) and all(school.extract_id != extract_id for school in prepared)


@as_task("hold", "{summaries.cycle.school}")
def hold(run: Run, summaries: Summaries, staged: Sequence[Staged], corrected: frozenset[str]) -> Prepared:
    """Leaves the manifest of one school: what waits for release, who is held, and why."""
    home, cycle = shared_home(run), summaries.cycle
    entries = list(home.log.entries())
    frozen = CycleState.fold(cycle.id, entries).released_in(cycle.school) - corrected
    decisions = HoldDecisions.fold(cycle.id, entries)
    with open_lake(home.lake) as lake:
        prepared = manifest(lake, home, summaries, staged, frozen, decisions)
    keep_manifest(home, run.id, prepared)
    get_run_logger().info("%d reports wait, %d students are held", len(prepared.reports), len(prepared.held_students))
    return Prepared(
        cycle.id, summaries.extract_id, cycle.school, manifest_key(cycle.school, cycle.id), made=len(prepared.reports),
        held=len(prepared.held_students), students=summaries.students, draft=prepared.draft,
        unreported=tuple(sorted(Counter(one.reason for one in prepared.unreported).items())),
        is_planned=bool(cycle.session),
    )  # fmt: skip
