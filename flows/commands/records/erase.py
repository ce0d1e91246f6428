"""`records erase`: somebody is erased, and a search says that nothing of them is left."""

from collections.abc import Mapping
from pathlib import Path

import click
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.records.erasure import ErasureRecord
from termpost.schemas.log.records.erasures import ERASURE_DUTIES, ERASURE_REASONS, ErasureDuty, ErasureReason
from termpost.tasks.custody.container import open_backup
from termpost.tasks.custody.recovery_key import read_recovery_key
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.records.erasing.erase import (
    MAY,
    ErasurePlan,
    finish_erasures,
    plan_erasure,
)
from termpost.tasks.records.erasing.erase import (
    erase as erase_everything,
)

RUN = "records-erase"


@click.command()
@click.argument("person", metavar="PERSON", required=False)
@click.option("--reason", type=click.Choice(ERASURE_REASONS), help="Why.")
@click.option("--duty", type=click.Choice(ERASURE_DUTIES),
              help="What obliges the school: needed where no law gives the right, as in the US.")  # fmt: skip
@click.option("--backup", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The latest backup, to be searched too.")  # fmt: skip
@click.option("--key-file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="With --backup: a file with its recovery key.")  # fmt: skip
@click.option("--by", "staff_id", metavar="STAFF", help="Who erases: a registrar or head. Without it nothing changes.")
@click.option("--otp", metavar="CODE", help="What their authenticator app shows now.")
@common(decides=True)
def erase(
    person: str | None, reason: ErasureReason | None, duty: ErasureDuty | None, backup: Path | None,
    key_file: Path | None, staff_id: str | None, otp: str | None, home: Home, as_json: bool,
) -> int:  # fmt: skip
    """Erases a person: without --by it says what would go, and what stands against it.

    PERSON is a student's or a contact's id. Without PERSON an erasure that was interrupted goes on. Exit 1 where
    something of theirs was found afterwards.

    \b
    Example: termpost records erase 604822 --duty court-order --home school
             termpost records erase 604822 --duty court-order --reason duty --by mlopez --otp 123456 --home school
    """
    if (backup is None) is not (key_file is None):
        raise click.UsageError("--backup and --key-file belong together.")
    if (staff_id is None) is not (otp is None):
        raise click.UsageError("--by and --otp belong together.")
    if person is None and (reason or duty or staff_id):
        raise click.UsageError("Missing argument 'PERSON': who is to be erased.")
    members = _members(backup, key_file)
    if person is None:
        done = finish_erasures(home, RUN, members)
        if not done and not as_json:
            click.echo("No erasure was interrupted.")
        return _say(done, as_json=as_json)
    ref = reference_of(home, person, "PERSON")
    if staff_id is None or otp is None:
        plan = plan_erasure(home, ref, duty)
        _say_plan(plan, as_json=as_json)
        return 1 if plan.against else 0
    if reason is None:
        raise click.UsageError("Missing option '--reason'.")
    finish_erasures(home, RUN, members)
    with refusals_logged(home, staff_id, RUN):
        by = home.staff.prove(staff_id, otp, home.clock.now(), MAY)
        return _say([erase_everything(home, RUN, ref, by, reason, duty, members)], as_json=as_json)


def _members(backup: Path | None, key_file: Path | None) -> Mapping[str, bytes] | None:
    if backup is None or key_file is None:
        return None
    try:
        key = key_file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError("bad-key", "this is no recovery key", str(key_file), "name the file that has it") from None
    return open_backup(backup.read_bytes(), read_recovery_key(key))


def _say_plan(plan: ErasurePlan, *, as_json: bool) -> None:
    if as_json:
        say_json({
            "role": plan.role,
            "against": [{"code": one.code, "what": one.what, "fix": one.remedy} for one in plan.against],
            "values": plan.values, "reports": plan.reports_out, "objects": plan.objects, "copies": list(plan.copies),
            "backups": [one.model_dump() for one in plan.backups],
        })  # fmt: skip
        return
    for one in plan.against:
        click.echo(f"stands against it: {one.what}: {one.remedy}")
    out = counted(plan.reports_out, "report")
    click.echo(f"would go: the key of one {plan.role} and all under it; {out} from wherever it lies open;")
    objects, copies = counted(plan.objects, "object"), counted(len(plan.copies), "copy", "copies")
    click.echo(f"  {objects} of the store; {copies} of extracts. {counted(plan.values, 'value')} would be looked for.")
    for backup in plan.backups:
        click.echo(
            f"the backup of {backup.made} ({backup.sha256[:12]}…) still has the key: destroy it by {backup.until}"
        )
    click.echo("Nothing was changed: add --reason, --by and --otp.")


def _say(done: list[ErasureRecord], *, as_json: bool) -> int:
    if as_json:
        say_json([one.model_dump(mode="json") for one in done])
    for record in () if as_json else done:
        click.echo(f"{record.case}: erased. Looked for {record.looked_for} values of theirs alone, and "
                   f"{record.looked_for_shared} that others have too:")  # fmt: skip
        for one in record.places:
            where = f"; in {', '.join(one.found_in)}" if one.found_in else ""
            click.echo(f"  {one.place}: {one.own} and {one.shared} found in {one.objects} looked through{where}")
        for backup in record.backups:
            click.echo(f"  the backup of {backup.made} ({backup.sha256[:12]}…) has the key: after {backup.until} "
                       "nothing can open what was erased, if it is gone by then")  # fmt: skip
        click.echo(f"  the record: termpost show records/erasures/{record.case}.json")
    return 0 if all(one.is_whole for one in done) else 1


COMMAND = erase
