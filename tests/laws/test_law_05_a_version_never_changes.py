"""Law 5 at the release itself: a correction supersedes what is out, says why, and goes to those who had it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyotp
from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.documents.parcel import Parcel, ParcelReport, Plan, RecipientDecision
from termpost.schemas.documents.prepared import Bytes, PreparedReport
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.distribute.approve import AskedApproval, approve, by_code
from termpost.tasks.distribute.corrected import NO_EARLIER, to_who_had_it
from termpost.tasks.secrets.staff import Staff

AT = datetime(2021, 12, 17, 14, tzinfo=UTC)


def made_and_released(version: int) -> list[Entry]:
    of = {"cycle": "c", "report": "r1", "version": version, "student": "p1"}
    return [Entry.model_validate({"kind": kind, **of}) for kind in ("report_made", "released")]


def test_a_correction_supersedes_the_released_version_and_says_why(tmp_path: Path) -> None:
    staff = Staff(tmp_path / "staff.json")
    app = pyotp.TOTP(pyotp.parse_uri(staff.add("mlopez", "Maria Lopez", "registrar")).secret)
    state = CycleState.fold("c", made_and_released(1))
    second = PreparedReport(
        report="r1", version=2, student="p1", own_language="en", renditions=(Bytes(object="k", digest="d"),)
    )
    _, entries = approve(by_code(staff, "mlopez", app.at(AT), AT), state, AskedApproval("d", [second]))
    assert [(e.kind, e.version, e.reason) for e in entries if e.report] == [
        ("superseded", 1, "corrected"), ("released", 2, None)
    ]  # fmt: skip


def test_a_correction_goes_to_those_who_had_the_version_before() -> None:
    report = ParcelReport(
        report="r1", version=2, student="p1", own_language="en", renditions=(), school="s", rule="parent"
    )

    def parcel(recipient: str) -> Parcel:
        return Parcel(recipient=recipient, language="en", channels=(ChannelName.PORTAL,), reports=(report,))

    def said(recipient: str) -> RecipientDecision:
        return RecipientDecision(student="p1", recipient=recipient, allowed=True, rule="parent", question=False)

    had = Entry(kind="delivered", cycle="c", report="r1", version=1, student="p1", recipient="mum", delivery="d1")
    plan = Plan(cycle="c", extract_id="x", day=date(2021, 12, 17), parcels=(parcel("mum"), parcel("dad")),
                decisions=(said("mum"), said("dad")), unreachable=())  # fmt: skip
    left = to_who_had_it(plan, CycleState.fold("c", [*made_and_released(1), had]))
    assert [one.recipient for one in left.parcels] == ["mum"]
    assert {d.recipient: (d.allowed, d.rule, d.question) for d in left.decisions} == {
        "mum": (True, "parent", False), "dad": (False, NO_EARLIER, True)
    }  # fmt: skip
    # a report that nobody had goes to everybody with the right
    assert to_who_had_it(plan, CycleState.fold("c", made_and_released(1))).parcels == plan.parcels
