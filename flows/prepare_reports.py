"""Section 4.1 of the procedure: from the gradebook to reports that wait for release."""

from prefect import flow
from termpost.flows.artifacts import show_checked, show_prepared
from termpost.flows.deployments.dates import day_after_cutoff
from termpost.flows.flow_context import attempts_logged, begin, on_one_lake
from termpost.flows.progress import Progress
from termpost.flows.runs import once_it_is_there, planned_cycle, references, run_name, say_what_to_do, turn_of
from termpost.schemas.base.refs import CycleId, Prepared, Run
from termpost.tasks.analysis.task import publish
from termpost.tasks.check.landing import refuse_rejected
from termpost.tasks.check.task import check
from termpost.tasks.deadlines.task import expect_watch
from termpost.tasks.distribute.task import ask, end_rights
from termpost.tasks.extract.task import empty, pull
from termpost.tasks.feedback.task import refresh_doors
from termpost.tasks.home.home import shared_home
from termpost.tasks.load.task import load
from termpost.tasks.preflight.can_render import refuse_unrenderable
from termpost.tasks.preflight.task import audit
from termpost.tasks.record.extract_entries import checked_entries, received
from termpost.tasks.record.task import freeze, held, made, record
from termpost.tasks.render.task import render
from termpost.tasks.runtime.guard import guarded
from termpost.tasks.stage.corrections import refuse_gone
from termpost.tasks.stage.required import refuse_unshown
from termpost.tasks.stage.task import corrections, goes_back, hold, stage
from termpost.tasks.summarise.task import in_batches, open_cycles, summarise


@flow(name="prepare-reports", flow_run_name=run_name, on_failure=[say_what_to_do])
def prepare_reports(
    cycle_id: str = "", extract: str = "", home: str = ".", as_of: str | None = None,
    confirm_deletions: int | None = None, correct: list[str] | None = None,
) -> list[Prepared]:  # fmt: skip
    """From the gradebook to reports that wait for release. Nothing here reaches a family.

    Args:
        cycle_id: a cycle of calendar.toml; empty: that whose cut-off is just over, where a schedule starts it.
        extract: folder, zip or CSV file, s3:// or sftp:// address, or https:// OneRoster service; never with a secret.
        home: folder with termpost.toml.
        as_of: today for every rule, a date or an instant with its offset; the machine's clock where empty. A later
            day in a rehearsal only.
        correct: students whose released report gets a new version, by the school's id or by reference; nobody else's
            changes (law 12).
        confirm_deletions: so many students have left; an extract that takes many away is loaded only with their number.
    """
    run = begin(home, as_of, takes_earlier=True)
    with attempts_logged(run, cycle_id):
        cycle = planned_cycle(run, cycle_id, day_after_cutoff)
        with turn_of(run, cycle):
            return _prepare(run, cycle, extract, confirm_deletions, references(run, correct))


@guarded
@on_one_lake
def _prepare(
    run: Run, cycle_id: CycleId, uri: str, confirmed_deletions: int | None, correct: tuple[str, ...]
) -> list[Prepared]:
    shared_home(run).refuse_another_day()
    audit(run)  # a store that does not keep what it must gets nothing
    # a cycle nobody planned, and what no report of it could have, is refused before anything is read
    refuse_unshown(shared_home(run), shared_home(run).calendar.cycle(cycle_id))
    refuse_unrenderable(shared_home(run))
    corrected = corrections(run, cycle_id, correct)
    freeze(run, cycle_id)  # what a release that was killed left to do, before a newer manifest takes its place
    extract = once_it_is_there(pull, run)(run, uri)
    record(run, received(extract))
    again = goes_back(run, cycle_id, extract.id)
    checked = check(run, extract, cycle_id, again)  # rows in = accepted + quarantined
    record(run, checked_entries(checked))
    show_checked(run, checked)
    refuse_rejected(shared_home(run), checked)
    loaded = load(run, checked, confirmed_deletions, again)
    if end_rights(run, cycle_id).withdrawn:  # who has none any more by the newest record
        refresh_doors(run)

    prepared = []
    summarised = [summarise(run, cycle, loaded) for cycle in open_cycles(run, cycle_id, loaded)]
    batched = [(summaries, in_batches(run, summaries, corrected)) for summaries in summarised]
    refuse_gone(correct, (batch for _, batches in batched for batch in batches))
    for summaries, batches in batched:
        staged = []
        school = summaries.cycle.school
        progress = Progress(run, f"School {school}: batches of reports", school, len(batches))
        for batch in batches:
            staged.append(stage(run, render(run, batch)))
            record(run, made(staged[-1], corrected))
            progress.step()
        prepared.append(hold(run, summaries, staged, corrected))
        record(run, held(run, prepared[-1]))
    ask(run, cycle_id)  # what the office must find out, while there is time
    expect_watch(run)  # from now on there is something to be late with
    publish(run)  # for analysts
    empty(run)  # what landed too long ago
    show_prepared(run, cycle_id, prepared)
    return prepared
