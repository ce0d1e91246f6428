"""The tasks of summarise."""

from prefect.logging import get_run_logger
from termpost.schemas.base.refs import Batch, Cycle, CycleId, Loaded, PersonRef, Run, Summaries
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.settlements import Settlements
from termpost.tasks.home.home import shared_home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.runtime.as_task import as_task
from termpost.tasks.summarise.medians import keep_as_asked
from termpost.tasks.summarise.open_cycle import open_cycle, schools_of
from termpost.tasks.summarise.standing.ranks import keep_ranks
from termpost.tasks.summarise.summarise import students_of, summarise_cycle


@as_task("open cycle", "{cycle_id}")
def open_cycles(run: Run, cycle_id: CycleId, loaded: Loaded) -> list[Cycle]:
    """The cycle as the calendar plans it, for each school of the extract that has students."""
    home = shared_home(run)
    with open_lake(home.lake) as lake, one_transaction(lake):
        schools = schools_of(lake, loaded.extract_id)
        return open_cycle(lake, home.calendar.cycle(cycle_id), loaded.extract_id, schools)


@as_task("summarise", "{cycle.school}")
def summarise(run: Run, cycle: Cycle, loaded: Loaded) -> Summaries:
    """Grades and counts of one school's cycle, by the grading policy, kept in the lake."""
    home = shared_home(run)
    with open_lake(home.lake) as lake:
        summaries = summarise_cycle(
            lake, cycle, loaded.extract_id, home.policy, home.clock.today(),
            settlements=Settlements.fold(cycle.id, home.log.entries(), loaded.extract_id),
            is_school_day=home.calendar.is_teaching_day_of(cycle.school), attendance=home.settings.attendance,
            categories=home.settings.report.categories,
        )  # fmt: skip
        keep_as_asked(lake, summaries, home.settings.privacy, home.clock.today())
        keep_ranks(lake, home.people, summaries, home.policy, home.settings, home.clock.today())
    get_run_logger().info("school %s: %d students summarised", cycle.school, summaries.students)
    return summaries


@as_task("in batches", "{summaries.cycle.school}")
def in_batches(run: Run, summaries: Summaries, corrected: frozenset[str]) -> list[Batch]:
    """Students by a few hundred; those whose report is out already stay as they are (law 12), but for corrections.
    Whoever was erased since the extract was loaded is nobody any more, and has no report.
    """
    home = shared_home(run)
    frozen = CycleState.fold(summaries.cycle.id, home.log.entries()).released_in(summaries.cycle.school) - corrected
    with open_lake(home.lake) as lake:
        everybody = students_of(lake, summaries, leavers=home.settings.report.leavers == "report")
        home.people.preload(everybody)
        students = [ref for ref in everybody if ref not in frozen and home.people.is_known(ref)]
    size = home.settings.run.batch
    return [
        Batch(summaries.cycle, index, summaries, tuple(PersonRef(s) for s in students[first : first + size]))
        for index, first in enumerate(range(0, len(students), size))
    ]
