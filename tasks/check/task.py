"""The face of check."""

from dataclasses import replace
from datetime import date
from functools import partial

from prefect.logging import get_run_logger
from termpost.schemas.base.refs import Checked, CycleId, Extract, Run
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.check.contracts.own_rules import own_contracts_of
from termpost.tasks.check.landing import check_landing, read_findings
from termpost.tasks.check.last_extract import last_extract
from termpost.tasks.check.outcomes import keep_outcome
from termpost.tasks.home.comment_bank import bank_of
from termpost.tasks.home.home import Home, shared_home
from termpost.tasks.home.tombstones import erased_ids, has_erased
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.runtime.as_task import as_task


def terms_of(home: Home, cycle_id: CycleId) -> CheckParameters:
    """What the home's settings, own rules, clock and calendar say of this run, and the policy that must fit."""
    return replace(terms_until(home, home.calendar.cycle(cycle_id).cutoff), policy=home.policy)


def terms_until(home: Home, cutoff: date | None) -> CheckParameters:
    """The same for a cut-off that may not be known."""
    return CheckParameters.by_policy(
        home.policy,
        today=home.today,
        cutoff=cutoff,
        rights_source=home.settings.rights.source,
        timezone=home.calendar.timezone,
        attendance_words=frozenset(home.settings.attendance.known()),
        sentence_codes=bank_of(home).codes,
        own=own_contracts_of(home.path, home.settings.checks.accept),
        erased=partial(erased_ids, home) if has_erased(home) else None,
    )


@as_task("check")
def check(run: Run, extract: Extract, cycle_id: CycleId, again: bool = False) -> Checked:
    """Holds the extract against the contracts, as of the cycle's cut-off: rows in = accepted + quarantined.

    Args:
        again: one that was loaded before would become the newest record again.
    """
    home = shared_home(run)
    terms = terms_of(home, cycle_id)
    with open_lake(home.lake) as lake:
        last = last_extract(lake, extract.id, home.settings.checks.accept, again=again)
    checked = check_landing(home, extract, replace(terms, last=last))
    with open_lake(home.lake) as lake:
        keep_outcome(lake, read_findings(home, checked), home.clock.today())
    get_run_logger().info(
        "%s: %d rows accepted, %d quarantined", checked.outcome, checked.accepted, checked.quarantined
    )
    return checked
