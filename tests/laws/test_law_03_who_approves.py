"""Law 3 at the approval itself: who may, how many must, and that it binds exactly these bytes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from termpost.schemas.base.errors import Refused
from termpost.schemas.documents.prepared import Bytes, PreparedReport, approval_digest
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.distribute.approve import approve
from termpost.tasks.secrets.staff import Staff

AT = datetime(2021, 12, 17, 14, tzinfo=UTC)
REPORT = PreparedReport(report="r1", version=1, student="p1", own_language="en",
                        renditions=(Bytes(object="reports/s/c/r1/v1/report.en.pdf", digest="d1"),))  # fmt: skip


@pytest.fixture
def apps(tmp_path: Path) -> tuple[Staff, dict[str, pyotp.TOTP]]:
    staff = Staff(tmp_path / "staff.json")
    added = {name: staff.add(name, "Somebody", role) for name, role in (("mlopez", "registrar"), ("jkim", "head"))}
    return staff, {name: pyotp.TOTP(pyotp.parse_uri(uri).secret) for name, uri in added.items()}


def say(apps: tuple[Staff, dict[str, pyotp.TOTP]], who: str, state: CycleState, step: int = 0) -> list[Entry]:
    staff, totps = apps
    at = AT + timedelta(seconds=30 * step)
    _, entries = approve(staff, who, totps[who].at(at), at, state, [REPORT], 2)
    return entries


def test_where_two_must_approve_nothing_is_released_by_one(apps: tuple[Staff, dict[str, pyotp.TOTP]]) -> None:
    first = say(apps, "mlopez", CycleState("c"))
    assert [entry.kind for entry in first] == ["approved"]
    state = CycleState.fold("c", first)
    assert [(entry.kind, entry.actor) for entry in say(apps, "jkim", state)] == [
        ("approved", "jkim"), ("released", "jkim")
    ]  # fmt: skip


def test_the_same_person_does_not_count_twice(apps: tuple[Staff, dict[str, pyotp.TOTP]]) -> None:
    state = CycleState.fold("c", say(apps, "mlopez", CycleState("c")))
    with pytest.raises(Refused) as caught:
        say(apps, "mlopez", state, step=1)
    assert caught.value.code == "same-person"


def test_an_approval_is_of_these_bytes_and_no_others() -> None:
    def having(digest: str) -> PreparedReport:
        return PreparedReport(report="r1", version=1, student="p1", own_language="en",
                              renditions=(Bytes(object="report.en.pdf", digest=digest),))  # fmt: skip

    assert approval_digest((having("d1"),)) == approval_digest((having("d1"),))
    assert approval_digest((having("d1"),)) != approval_digest((having("d2"),))
    assert approval_digest((having("d1"), REPORT)) != approval_digest((having("d1"),))
