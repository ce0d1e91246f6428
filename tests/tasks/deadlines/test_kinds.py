"""Each kind of deadline: none before its time, due up to its last day, overdue after it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry, EntryKind, Logged
from termpost.tasks.custody.told_head import remember_head
from termpost.tasks.deadlines.all_deadlines import every_deadline
from termpost.tasks.deadlines.deadline import CODES, KINDS, Deadline
from termpost.tasks.deadlines.facts import CycleFacts, Facts
from termpost.tasks.deadlines.kinds.arrival import has_left
from termpost.tasks.deadlines.kinds.grading import late_if_not_out
from termpost.tasks.deadlines.kinds.records import of_records
from termpost.tasks.home.home import Home, open_home

from tests.school import DAY, FATHER, KYLE, LISA, SCHOOL_ID, Prepared
from tests.tasks.deadlines.conftest import grading_due

Found = dict[str, tuple[str, str, int]]  # code → due, state, count


def on(school: Prepared, day: str) -> Found:
    """What is listed at noon of that day, by code; the last of each."""
    school.as_of = datetime.fromisoformat(f"{day}T18:00+00:00")
    return {one.code: (one.due.isoformat(), one.state, one.count) for one in every_deadline(school.open())}


def with_setting(school: Prepared, text: str) -> None:
    path = school.home / "termpost.toml"
    path.write_text(f"{path.read_text()}\n{text}\n")


def test_who_is_asked_to_acknowledge_and_has_not_said_so_is_waited_for_and_never_overdue(released: Prepared) -> None:
    assert "unacknowledged" not in on(released, "2021-12-27")  # the school does not ask
    with_setting(released, "[feedback]\nacknowledge = true")
    assert "unacknowledged" not in on(released, "2021-12-20")
    due, state, count = on(released, "2021-12-27")["unacknowledged"]
    assert (due, state, count > 0) == ("2021-12-22", "waiting", True)
    assert on(released, "2021-12-28")["unacknowledged"][1] == "waiting"


def test_pages_of_rights_that_ended_wait_for_a_person_where_more_ended_than_may_go_without(released: Prepared) -> None:
    with_setting(released, "[release]\nmax_withdrawals = 0")
    assert "right-ended" not in on(released, "2021-12-20")
    released.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, contactRestrictions="no-contact")
    released.prepare(released.extract)
    assert on(released, "2021-12-21")["right-ended"] == ("2021-12-21", "overdue", 1)


def test_who_is_held_is_late_after_the_release(waiting: Prepared) -> None:
    contacts = waiting.extract.read("supplement/contacts.csv")
    kept = [row for row in contacts if row["studentSourcedId"] != KYLE]
    waiting.extract.write("supplement/contacts.csv", kept)
    waiting.as_of = DAY
    waiting.prepare(waiting.extract)
    assert on(waiting, "2021-12-17")["hold"] == ("2021-12-17", "due", 1)
    assert on(waiting, "2021-12-18")["hold"] == ("2021-12-17", "overdue", 1)


def test_every_kind_has_a_sentence_and_a_command_that_shows_it() -> None:
    assert set(CODES) == KINDS.keys()
    assert len({kind.name for kind in KINDS.values()}) == len(CODES)
    assert all(kind.sentence.endswith(".") and kind.command for kind in KINDS.values())


def test_reports_that_wait_are_due_on_the_calendars_release_and_late_after_it(waiting: Prepared) -> None:
    found = on(waiting, "2021-12-17")
    assert found["release"] == ("2021-12-17", "due", 3)
    assert "prepare" not in found
    assert on(waiting, "2021-12-18")["release"] == ("2021-12-17", "overdue", 3)


def test_a_cycle_that_nobody_prepared_is_late_after_the_first_office_day(waiting: Prepared) -> None:
    text = (waiting.home / "calendar.toml").read_text()
    (waiting.home / "calendar.toml").write_text(
        f'{text}\n[[cycle]]\nid = "next"\nkind = "midterm"\nsession = "s"\ncutoff = "2022-03-04"\n'
        'release = "2022-03-11"\n'
    )
    assert "prepare" not in on(waiting, "2022-03-04")
    assert on(waiting, "2022-03-07")["prepare"] == ("2022-03-07", "due", 1)  # a Monday
    assert on(waiting, "2022-03-08")["prepare"] == ("2022-03-07", "overdue", 1)


def test_progress_notices_are_to_be_planned_where_the_law_says_how_often(waiting: Prepared) -> None:
    path = waiting.home / "calendar.toml"
    cycle = '[[cycle]]\nid = "{0}"\nkind = "{1}"\nsession = "s"\ncutoff = "{0}"\nrelease = "{0}"\n'
    text = "\n".join([path.read_text(), *(cycle.format(day, "midterm") for day in ("2022-01-14", "2022-03-11"))])
    path.write_text(text)
    assert "warning" not in on(waiting, "2022-01-13")
    assert on(waiting, "2022-02-04")["warning"] == ("2022-02-04", "due", 1)  # Texas, three weeks
    assert on(waiting, "2022-02-05")["warning"] == ("2022-02-04", "overdue", 1)
    path.write_text(f'{text}\n{cycle.format("2022-02-04", "warning")}below = "70"\n')
    assert on(waiting, "2022-02-05")["warning"][0] == "2022-02-25"


def test_the_week_of_final_reports_runs_for_whatever_is_not_out(waiting: Prepared) -> None:
    grading_due(waiting, "2021-12-13")
    found = on(waiting, "2021-12-20")
    assert found["final-report"] == ("2021-12-20", "due", 3)
    assert found["sign-off"][:2] == ("2021-12-13", "overdue")
    assert found["comment"] == ("2021-12-13", "overdue", 2)  # Lisa has hers
    assert on(waiting, "2021-12-21")["final-report"] == ("2021-12-20", "overdue", 3)


def test_marks_that_look_complete_are_a_prompt_and_no_sign_off(waiting: Prepared) -> None:
    found = on(waiting, "2021-12-18")
    assert found["sign-off"][:2] == ("2021-12-17", "waiting")
    assert "final-report" not in found
    assert waiting.entries("grading_complete") == []


def test_what_is_out_and_arrived_is_late_no_more_and_envelopes_are_posted_in_time(released: Prepared) -> None:
    grading_due(released, "2021-12-13")
    found = on(released, "2021-12-21")
    assert "final-report" not in found
    assert "release" not in found
    assert found["envelope"][:2] == ("2021-12-21", "due")  # two office days after Friday
    assert on(released, "2021-12-22")["envelope"][1] == "overdue"
    assert on(released, "2021-12-26").keys().isdisjoint({"unopened", "failed", "uncertain"})
    assert on(released, "2021-12-27")["unopened"][:2] == ("2021-12-27", "waiting")


@pytest.mark.parametrize("kind", ["failed", "uncertain"])
def test_a_delivery_that_went_wrong_is_due_the_next_office_day_and_its_report_counts_late(
    released: Prepared, kind: EntryKind
) -> None:
    grading_due(released, "2021-12-13")
    his = {entry.delivery: entry for entry in released.entries("sent", "delivered")
           if entry.recipient == released.ref(FATHER)}  # fmt: skip
    released.open().log.append("test", [
        Entry.model_validate(one.fact.model_dump() | {"kind": kind, "reason": "no-way", "object": None})
        for one in his.values()
    ])  # fmt: skip
    assert on(released, "2021-12-20")[kind] == ("2021-12-20", "due", len(his))
    found = on(released, "2021-12-21")
    assert found[kind] == ("2021-12-20", "overdue", len(his))
    assert found["final-report"] == ("2021-12-20", "overdue", 1)  # one child of his


def test_held_not_released_and_to_follow_all_count_late() -> None:
    state = CycleState("c")
    for report, to_follow, released in (("r1", 0, True), ("r2", 2, True), ("r3", 0, False)):
        made = {"cycle": "c", "report": report, "version": 1, "student": f"s{report}"}
        state.add(Entry.model_validate({"kind": "report_made", **made}))
        if released:
            state.add(Entry.model_validate({"kind": "released", "count": to_follow or None, **made}))
    reports = [SimpleNamespace(report=f"r{n}", version=1, student=f"sr{n}") for n in (1, 2, 3)]
    school = SimpleNamespace(school="a", reports=reports, held_students=frozenset({"held"}))
    cycle = CycleFacts(cast("Any", SimpleNamespace(id="c")), [cast("Any", school)], state, date(2022, 1, 1),
                       is_last=True, today=date(2021, 12, 20))  # fmt: skip
    facts = Facts(cast("Any", None), cast("Any", None), ())
    assert late_if_not_out(facts, cycle, cast("Any", school)) == {"sr2", "sr3", "held"}


@pytest.mark.parametrize(("channel", "kind", "reason", "left"), [
    ("print", "sent", None, False), ("print", "sent", "posted", True), ("print", "sent", "resolved-sent", True),
    ("print", "delivered", "handed-over", True), ("print", "failed", "returned", False), ("email", "sent", None, True),
    ("portal", "delivered", None, True), ("portal", "planned", None, False), ("email", "uncertain", None, False),
])  # fmt: skip
def test_an_envelope_has_left_once_somebody_says_so(channel: str, kind: str, reason: str | None, left: bool) -> None:
    (entry,) = logged(("2021-12-17", {"kind": kind, "channel": channel, "delivery": "d", "reason": reason}))
    assert has_left(entry) == left


def logged(*said: tuple[str, dict[str, Any]]) -> tuple[Logged, ...]:
    """Day and entry."""
    return tuple(
        Logged.model_validate({"seq": n, "run": "test", "at": f"{day}T15:00+00:00", **entry})
        for n, (day, entry) in enumerate(said, 1)
    )


REQUEST = {"kind": "access_request", "case": "c1", "reason": "received", "due": "2021-12-20", "student": "s"}
INCIDENT = {"kind": "incident", "case": "i1", "reason": "opened", "cause": "misaddressed", "due": "2021-12-20"}
BEGAN = ("2021-01-01", {"kind": "checked"})
LOG_CASES: list[tuple[str, Sequence[tuple[str, dict[str, Any]]], str, str]] = [
    # code, entries, day, state
    ("request", [("2021-12-10", REQUEST)], "2021-12-20", "due"),
    ("request", [("2021-12-10", REQUEST)], "2021-12-21", "overdue"),
    ("request", [("2021-12-10", REQUEST), ("2021-12-11", REQUEST | {"reason": "given"})], "2021-12-21", ""),
    ("request", [("2021-12-10", REQUEST), ("2021-12-11", REQUEST | {"reason": "refused"})], "2021-12-21", ""),
    ("request", [("2021-12-10", REQUEST | {"kind": "transferred"})], "2021-12-21", "overdue"),
    ("request", [("2021-12-10", {"kind": "erased", "student": "s", "reason": "request"})], "2021-12-21", ""),
    ("incident", [("2021-12-17", INCIDENT)], "2021-12-20", "due"),
    ("incident", [("2021-12-17", INCIDENT)], "2021-12-21", "overdue"),
    ("incident", [("2021-12-17", INCIDENT), ("2021-12-18", INCIDENT | {"reason": "noted", "due": None})],
     "2021-12-21", "overdue"),
    ("incident", [("2021-12-17", INCIDENT), ("2021-12-18", INCIDENT | {"reason": "reported"})], "2021-12-21", ""),
    ("incident", [("2021-12-17", {"kind": "incident", "reason": "posted-although-withdrawn"})], "2021-12-21", ""),
    ("retention", [("2021-12-01", {"kind": "retained", "count": 3})], "2021-12-24", ""),
    ("retention", [("2021-12-01", {"kind": "retained", "count": 3})], "2021-12-25", "due"),
    ("retention", [("2021-12-01", {"kind": "retained", "count": 3})], "2022-01-02", "overdue"),
    ("retention", [BEGAN], "2021-12-25", ""),
    ("retention", [BEGAN], "2022-01-03", "overdue"),
    ("review", [("2021-06-01", {"kind": "review_signed", "due": "2022-06-01"})], "2022-05-01", ""),
    ("review", [("2021-06-01", {"kind": "review_signed", "due": "2022-06-01"})], "2022-05-02", "due"),
    ("review", [("2021-06-01", {"kind": "review_signed", "due": "2022-06-01"})], "2022-06-02", "overdue"),
    # a setting that changed on 1 October is looked at within thirty days, long before the yearly day
    ("review", [("2021-06-01", {"kind": "review_signed", "due": "2022-06-01"}),
                ("2021-10-01", {"kind": "settings_changed", "reason": "release.approvals", "previous": "x"})],
     "2021-10-31", "due"),
    ("review", [("2021-06-01", {"kind": "review_signed", "due": "2022-06-01"}),
                ("2021-10-01", {"kind": "settings_changed", "reason": "release.approvals", "previous": "x"})],
     "2021-11-01", "overdue"),
    ("review", [BEGAN], "2022-01-01", "due"),
    ("review", [BEGAN], "2022-01-02", "overdue"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "entries", "day", "state"), LOG_CASES)
def test_what_the_log_alone_says(
    code: str, entries: Sequence[tuple[str, dict[str, Any]]], day: str, state: str
) -> None:
    zone = SimpleNamespace(calendar=SimpleNamespace(zone=UTC), today=date.fromisoformat(day))
    found = list(of_records(Facts(cast("Home", zone), cast("Any", None), logged(*entries))))
    assert [one.state for one in found if one.code == code] == ([state] if state else [])


def test_backup_and_head_are_due_so_many_days_after_the_home_began_or_the_last_time(waiting: Prepared) -> None:
    assert {"backup", "head", "log-end"}.isdisjoint(on(waiting, "2021-12-20"))
    found = on(waiting, "2022-01-16")
    assert (found["backup"], found["head"]) == (("2022-01-16", "due", 1), ("2022-01-17", "due", 1))
    assert on(waiting, "2022-01-17")["backup"][1] == "overdue"
    waiting.as_of = DAY + timedelta(days=20)
    remember_head(waiting.open(), 3)
    assert "head" not in on(waiting, "2022-01-17")


def test_rights_that_end_soon_are_listed_on_their_day(waiting: Prepared) -> None:
    waiting.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, restrictionFrom="2021-12-30",
                           restrictionUntil="2022-01-10", contactRestrictions="no-records")  # fmt: skip
    born = {row["sourcedId"]: row for row in waiting.extract.read("demographics.csv")}[LISA]
    waiting.extract.change("demographics.csv", {"sourcedId": LISA}, **(born | {"birthDate": "2004-01-05"}))
    waiting.prepare(waiting.extract)
    found = on(waiting, "2021-12-18")
    assert found["right-begins"] == ("2021-12-30", "due", 1)
    assert found["right-ends"] == ("2022-01-10", "due", 1)
    assert found["full-age"] == ("2022-01-05", "due", 1)  # 18 on that day
    assert {"right-begins", "full-age"}.isdisjoint(on(waiting, "2022-01-06"))


def test_a_query_and_a_meeting_have_their_own_day(released: Prepared) -> None:
    home = released.open()
    home.log.append("test", [
        Entry(kind="query_received", query="q1", reason="question", via="phone", due="2021-12-28", student="s"),
        Entry(kind="query_received", query="q2", reason="question", via="phone", due="2021-12-28", student="s"),
        Entry(kind="query_changed", query="q2", reason="held", due="2021-12-28"),
    ])  # fmt: skip
    states = {(one.state, one.count) for one in listed(home) if one.code == "query"}
    assert states == {("due", 1), ("waiting", 1)}
    assert on(released, "2021-12-29")["query"][1] in ("overdue", "waiting")


def listed(home: Home) -> tuple[Deadline, ...]:
    return every_deadline(home)


def test_a_prefect_server_that_is_away_is_a_line(waiting: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    found = {one.code: one for one in every_deadline(open_home(waiting.home))}
    assert (found["no-server"].state, found["no-server"].count) == ("overdue", 1)


def test_schools_are_told_apart_and_no_person_is_named(waiting: Prepared) -> None:
    found = every_deadline(waiting.open())
    assert {one.school for one in found if one.code == "release"} == {SCHOOL_ID}
    refs = {waiting.ref(one) for one in (LISA, FATHER)}
    assert not any(str(ref) in str(one) for one in found for ref in refs)
