"""Law 3 at the approval itself: who may, how many must, and that it binds exactly these bytes."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from termpost.schemas.base.errors import Refused
from termpost.schemas.documents.prepared import Bytes, PreparedReport, PreparedSchool, ResolvedHold
from termpost.schemas.log.approval import Release, release_of
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.channels import ChannelSettings
from termpost.tasks.distribute.approve import AskedApproval, approve, by_code
from termpost.tasks.secrets.staff import Staff

AT = datetime(2021, 12, 17, 14, tzinfo=UTC)
DL = {"print": {"envelope": "DL"}}
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
    before = state.approved_by("d", at, 7, frozenset(totps), ["s"])
    _, entries = approve(by_code(staff, who, totps[who].at(at), at), state, AskedApproval("d", [REPORT], 2, before))
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


def release(*reports: PreparedReport, decided: str = "", **other: Any) -> Release:
    calendar = Calendar.model_validate({"timezone": "America/Chicago", "country": "US"} | other.pop("calendar", {}))
    resolved = [ResolvedHold(student="p1", class_id=None, reason="r", decision=decided)] if decided else []
    of = {"school": "s", "policy": "1", "extract_id": "x", "cutoff": date(2021, 12, 10), **other.pop("school", {})}
    school = PreparedSchool(cycle="c", reports=reports, holds=(), resolved=tuple(resolved), **of)
    channels = ChannelSettings.model_validate(other.pop("channels", {}))
    return release_of("c", [school], reports, other.pop("day", date(2021, 12, 17)), calendar, channels)


def having(digest: str, report: str = "r1") -> PreparedReport:
    return PreparedReport(report=report, version=1, student="p1", own_language="en",
                          renditions=(Bytes(object="report.en.pdf", digest=digest),))  # fmt: skip


def test_an_approval_is_of_the_whole_release_and_of_nothing_more() -> None:
    one, other = having("d1"), having("d1", "r2")
    approved = release(one, other)
    assert approved.holds_for(release(one, other))
    assert approved.digest == release(one, other).digest
    assert approved.holds_for(release(one))  # somebody was taken out
    assert approved.holds_for(release(one, other, day=date(2021, 12, 20)))  # rights are asked again anyway
    assert not release(one).holds_for(approved)  # somebody came in
    for changed in (
        release(having("d2"), other), release(one, other, school={"extract_id": "y"}),
        release(one, other, school={"cutoff": date(2021, 12, 11)}), release(one, other, school={"policy": "2"}),
        release(one, other, school={"school": "t"}), release(one, other, decided="accept"),
        release(one, other, calendar={"closes": "18:00"}), release(one, other, channels={"order": ["print"]} | DL),
    ):  # fmt: skip
        assert not approved.holds_for(changed)
        assert approved.digest != changed.digest
