"""Erasing somebody by command: what stands against it, what goes in which order, and the proof that it is gone.

The log knows first who is erased; what was known about them waits in one sealed file until the search has looked for
it. Killed anywhere, the next `records erase` goes on with what was begun (law 8).
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.documents.records.erasure import BlindedBackup, ErasureRecord
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.records.erasures import READMITTED, Erasure, ErasureDuty, ErasureReason, Erasures
from termpost.tasks.channels.withdrawal import ERASED
from termpost.tasks.distribute.withdraw import released_in, withdraw, withdraw_from
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.home.cycle_locks import all_cycles_lock
from termpost.tasks.home.home import Home
from termpost.tasks.home.tombstones import mark_of
from termpost.tasks.lake.connection import hold_lake, open_lake
from termpost.tasks.records.erase import erase_person
from termpost.tasks.records.erasing.known import KnownValues, forget, gather, put_by, set_aside
from termpost.tasks.records.erasing.objects import Sought, copies_of, folders_of, forget_older, let_go, objects_of
from termpost.tasks.records.erasing.refusals import ErasureRefusal, stands_against
from termpost.tasks.records.erasing.search import Search
from termpost.tasks.secrets.staff import Role

MAY: Final[frozenset[Role]] = frozenset({"registrar", "head"})
RECORDS: Final = "records/erasures/"
BACKED_UP: Final = ("keys-backup",)  # reason of `settings_changed`; `backed_up` is a kind of its own


@dataclass(frozen=True)
class ErasurePlan:
    """What would go, and what stands against it."""

    person: PersonRef
    role: str
    against: tuple[ErasureRefusal, ...]
    values: int  # that are known of them alone
    reports_out: int
    objects: int
    copies: tuple[str, ...]
    backups: tuple[BlindedBackup, ...]


def plan_erasure(home: Home, person: PersonRef, duty: ErasureDuty | None) -> ErasurePlan:
    """Writes nothing.

    Raises:
        InputError: `person-erased`, `unknown-person`.
    """
    with hold_lake(home.lake):
        known = _known(home, person)
        with open_lake(home.lake) as lake:
            against = stands_against(home, lake, person, duty)
    entries = list(home.log.entries())
    return ErasurePlan(
        person, known.role, tuple(against), len(known.own), len(_released(entries, person)),
        len(objects_of(entries, person)), tuple(copies_of(home, Sought(known.own))), backups_of(home, entries),
    )  # fmt: skip


def erase(
    home: Home, run: str, person: PersonRef, by: StaffId, reason: ErasureReason, duty: ErasureDuty | None,
    backup: Mapping[str, bytes] | None,
) -> ErasureRecord:  # fmt: skip
    """Everything of theirs goes; what was found afterwards is the record.

    Raises:
        Refused: something stands against it; nothing was changed.
        InputError: `person-erased`, `unknown-person`.
    """
    with hold_lake(home.lake):
        known = _known(home, person)
        with open_lake(home.lake) as lake:
            against = stands_against(home, lake, person, duty)
    if against:
        first = against[0]
        more = f"; {len(against) - 1} more: leave --by out to see all" if len(against) > 1 else ""
        raise Refused(first.code, first.what, "PERSON", first.remedy + more)
    case = "e" + secrets.token_hex(6)
    set_aside(home, case, known)
    who = {"student": person} if known.role == "student" else {"recipient": person}
    home.log.append(run, [Entry(kind="erased", actor=by, case=case, reason=reason, cause=duty,
                                digest=mark_of(home.keys, known.source_ids[0]), **who)])  # fmt: skip
    return _finish(home, run, Erasures.fold(home.log.entries("erased")).by_case[case], known, backup)


def finish_erasures(home: Home, run: str, backup: Mapping[str, bytes] | None) -> list[ErasureRecord]:
    """What a run left that was killed."""
    done = []
    for one in Erasures.fold(home.log.entries("erased")).unfinished():
        known = put_by(home, one.case)
        if known is None:
            raise InputError("erasure-unproven", "an erasure was begun, and what to look for was lost",
                             f"case {one.case}", "restore the folder `erasing` of the home")  # fmt: skip
        done.append(_finish(home, run, one, known, backup))
    return done


def readmit(home: Home, run: str, source_id: str, by: StaffId) -> None:
    """From now on the id comes in again, as somebody new.

    Raises:
        InputError: `not-erased`.
    """
    mark = mark_of(home.keys, source_id)
    if mark not in Erasures.fold(home.log.entries("erased")).marks:
        raise InputError("not-erased", "nobody of this id was erased", "ID", "see `termpost holds`")
    case = "e" + secrets.token_hex(6)
    home.log.append(run, [Entry(kind="erased", actor=by, case=case, reason=READMITTED, digest=mark)])


def backups_of(home: Home, entries: list[Logged]) -> tuple[BlindedBackup, ...]:
    """Those that may still be kept: each with the last day on which it can be opened."""
    found, zone = dict[str, BlindedBackup](), home.calendar.zone
    kept_for = timedelta(days=home.retention.backup_days)
    for one in entries:
        is_backup = one.kind == "backed_up" or (one.kind == "settings_changed" and one.reason in BACKED_UP)
        made = one.day.astimezone(zone).date()
        if is_backup and one.digest and made + kept_for >= home.today:
            found[one.digest] = BlindedBackup(sha256=one.digest, made=made, until=made + kept_for)
    return tuple(found.values())


def _finish(
    home: Home, run: str, one: Erasure, known: KnownValues, backup: Mapping[str, bytes] | None
) -> ErasureRecord:
    """Each step is done again without harm."""
    by = one.begun.actor
    with all_cycles_lock(home):
        if home.people.is_known(one.person):
            _take_back(home, run, by, one.person)
            entries = list(home.log.entries())
            removed = let_go(home, run, one.case, objects_of(entries, one.person), folders_of(entries, one.person))
        else:
            removed = 0
        removed += let_go(home, run, one.case, (), copies_of(home, Sought(known.own)))
        erase_person(home, one.person)
        forget_older(home)
    refresh_doors(home, run)
    return _record(home, run, one, known, removed, backup)


def _take_back(home: Home, run: str, by: str, person: PersonRef) -> None:
    """Their reports, from whoever has them open; and what lies open for them."""
    entries = list(home.log.entries())
    out = _released(entries, person)
    if out:
        withdraw(home, run, by, out, ERASED)
    try:
        withdraw_from(home, run, by, person, "other-mistake")
    except InputError as error:
        if error.code != "nothing-out":
            raise


def _released(entries: list[Logged], person: PersonRef) -> dict[tuple[str, int], str]:
    cycles = {one.cycle for one in entries if one.cycle and one.student == person}
    return released_in([CycleState.fold(cycle, entries) for cycle in sorted(cycles)], {str(person)})


def _record(
    home: Home, run: str, one: Erasure, known: KnownValues, removed: int, backup: Mapping[str, bytes] | None
) -> ErasureRecord:
    begun: date = one.begun.day.astimezone(home.calendar.zone).date()
    record = ErasureRecord.model_validate({
        "case": one.case, "role": one.role, "reason": one.begun.reason or "", "duty": one.begun.cause,
        "by": one.begun.actor, "begun": begun, "day": home.today, "looked_for": len(known.own) + len(known.names) + 1,
        "looked_for_shared": len(known.shared), "places": Search(home, one.person, known).everywhere(backup),
        "backups": backups_of(home, list(home.log.entries())), "removed": removed,
    })  # fmt: skip
    data, key = record.model_dump_json(indent=1).encode() + b"\n", f"{RECORDS}{one.case}.json"
    home.store.put(key, data)
    home.log.append(run, [Entry(kind="erased", actor=one.begun.actor, case=one.case, object=key,
                                digest=hashlib.sha256(data).hexdigest())])  # fmt: skip
    forget(home, one.case)
    return record


def _known(home: Home, person: PersonRef) -> KnownValues:
    if not home.people.is_known(person):
        raise InputError(
            "person-erased", "there is nobody of this reference any more", "PERSON", "nothing is left to do"
        )
    with open_lake(home.lake) as lake:
        known = gather(home, lake, person)
    if known is None:
        raise InputError("unknown-person", "no extract has a student or contact of this id", "PERSON",
                         "use an id of users.csv")  # fmt: skip
    return known
