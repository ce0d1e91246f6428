"""The face of load."""

from prefect.logging import get_run_logger
from termpost.schemas.base.refs import Checked, Loaded, Run
from termpost.tasks.check.landing import landed_sources, read_findings, tables_of
from termpost.tasks.home.home import shared_home
from termpost.tasks.lake.connection import has_tables, open_lake, suit_lake
from termpost.tasks.load.deletions import DeletionGuard
from termpost.tasks.load.load import load_extract, loaded_at, make_newest
from termpost.tasks.load.reused_ids import note_reused_ids, past_extracts
from termpost.tasks.load.state_texts import state_texts
from termpost.tasks.runtime.as_task import as_task


@as_task("load")
def load(run: Run, checked: Checked, confirmed_deletions: int | None = None, again: bool = False) -> Loaded:
    """Writes accepted rows to the lake in one transaction; an extract that is there already stays as it is.

    Args:
        again: one that is there already is the newest record from now on: what came after it was taken back.
    """
    home, extract = shared_home(run), checked.extract
    is_read = has_tables(home.lake, tables_of(extract))
    with open_lake(home.lake, tables_of(extract)) as lake:
        known = loaded_at(lake, extract.id)
        if known is None:
            suit_lake(lake, "lake", checked.accepted)
            load_extract(
                lake, home.people, landed_sources(home, extract, lake), read_findings(home, checked),
                home.clock.today(), home.settings.rights.source,
                DeletionGuard(home.settings.checks.max_deleted_percent, confirmed_deletions), is_read=is_read,
            )  # fmt: skip
            get_run_logger().info("%d rows are in the lake", checked.accepted)
            note_reused_ids(lake, home.people, past_extracts(lake), [extract.id], home.clock.today())
        else:
            get_run_logger().info("the lake has known this extract since %s", known.date())
            if again and make_newest(lake, extract.id, home.clock.today()):
                get_run_logger().info("it is the newest record again")
        if stated := state_texts(lake, home, extract.id):
            get_run_logger().info("%d names and titles are as the school stated them", stated)
    return Loaded(extract.id, known or home.clock.today(), already=known is not None)
