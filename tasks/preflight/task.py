"""The tasks of preflight."""

from termpost.schemas.base.refs import CycleId, Run
from termpost.tasks.home.home import shared_home
from termpost.tasks.preflight.ahead import CycleAhead, look_ahead
from termpost.tasks.preflight.audit import refuse_unsafe
from termpost.tasks.preflight.office_mail import mail_office
from termpost.tasks.runtime.as_task import as_task


@as_task("audit")
def audit(run: Run) -> None:
    """Nothing is written to a store that does not keep what it must."""
    refuse_unsafe(shared_home(run), run.id)


@as_task("look ahead", "{cycle_id}")
def ahead_of_cutoff(run: Run, uri: str, cycle_id: CycleId) -> CycleAhead:
    """The source as it is now, checked and counted in memory; nothing is kept."""
    return look_ahead(shared_home(run), uri, cycle_id)


@as_task("tell the office")
def tell_office(run: Run, subject: str, text: str) -> bool:
    """By mail, where `[checks] mail_to` names an address."""
    return mail_office(shared_home(run), subject, text)
