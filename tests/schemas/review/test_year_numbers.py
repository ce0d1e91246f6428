"""The numbers of a year: tables by hand, and a whole year against a tally that shares no code with it."""

import json
from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.entry import KINDS, Logged
from termpost.schemas.log.review.evidence import SECTIONS, evidence_of, sections_of
from termpost.schemas.log.review.review_numbers import BesideTheLog, YearNumbers, year_numbers
from termpost.schemas.log.review.school_year import school_year

from tests.schemas.review.logs import calendar, log_of

YEAR = school_year("2021")
AFTER = date(2022, 8, 1)


def numbers(text: str, *, today: date = AFTER, cell: int = 3) -> YearNumbers:
    return year_numbers(log_of(text), YEAR, calendar(), today, cell)


@pytest.mark.parametrize(
    ("text", "starts", "first", "last", "name"),
    [
        ("2021", "07-01", "2021-07-01", "2022-06-30", "2021-2022"),
        ("2021-2022", "07-01", "2021-07-01", "2022-06-30", "2021-2022"),
        ("2023", "08-15", "2023-08-15", "2024-08-14", "2023-2024"),
        ("2022", "01-01", "2022-01-01", "2022-12-31", "2022"),
        ("2019", "03-01", "2019-03-01", "2020-02-29", "2019-2020"),
    ],
)
def test_a_year_has_its_days(text: str, starts: str, first: str, last: str, name: str) -> None:
    year = school_year(text, starts)
    assert (str(year.first), str(year.last), year.name) == (first, last, name)
    assert year.before.last == year.first - timedelta(days=1)
    assert school_year(str(year.first.year - 1), starts) == year.before


@pytest.mark.parametrize("text", ["21", "", "2021-2023", "2021/22", "next", "2021-2020"])
def test_what_is_no_year_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        school_year(text)
    assert refused.value.code == "no-year"


MADE = "report_made object=reports/s1/{cycle}/r/1/report.en.pdf version=1"


@pytest.mark.parametrize(
    ("cycle", "word", "released", "expected"),
    [
        # made, released, on time, late, days late, longest, undated, waiting, overdue
        ("mid", None, "2021-10-15", (1, 1, 1, 0, 0, 0, 0, 0, 0)),
        ("mid", None, "2021-10-16", (1, 1, 0, 1, 1, 1, 0, 0, 0)),
        ("mid", None, None, (1, 0, 0, 0, 0, 0, 0, 1, 1)),
        # a week after the day the calendar sets
        ("fin", None, "2021-12-21", (1, 1, 1, 0, 0, 0, 0, 0, 0)),
        ("fin", None, "2021-12-23", (1, 1, 0, 1, 2, 2, 0, 0, 0)),
        # the school's word came first, and the clock starts with the cut-off at the earliest
        ("fin", "2021-12-12", "2021-12-20", (1, 1, 0, 1, 1, 1, 0, 0, 0)),
        ("fin", "2021-12-01", "2021-12-17", (1, 1, 1, 0, 0, 0, 0, 0, 0)),
        ("fin", "2021-12-01", "2021-12-18", (1, 1, 0, 1, 1, 1, 0, 0, 0)),
        # nobody said when grading was complete: the planned day
        ("spring", None, "2022-05-28", (1, 1, 0, 1, 1, 1, 0, 0, 0)),
        ("spring", "2022-05-24", "2022-05-31", (1, 1, 1, 0, 0, 0, 0, 0, 0)),
        ("gone", None, "2022-01-10", (1, 1, 0, 0, 0, 0, 1, 0, 0)),
        # of the year after
        ("spring", None, "2022-07-01", (1, 0, 0, 0, 0, 0, 0, 1, 1)),
    ],
)
def test_a_report_is_on_time_by_its_cycle(
    cycle: str, word: str | None, released: str | None, expected: tuple[int, ...]
) -> None:
    lines = [f"2021-09-30 {MADE.format(cycle=cycle)} report=r cycle={cycle}"]
    lines += [f"{word} grading_complete cycle={cycle}"] if word else []
    lines += [f"{released} released cycle={cycle} report=r version=1"] if released else []
    found = numbers("\n".join(lines)).reports
    named = ("made", "released", "on_time", "late", "days_late", "longest", "undated", "waiting", "overdue")
    assert tuple(getattr(found, name) for name in named) == expected


@pytest.mark.parametrize(
    ("north", "released", "late"),
    [
        (None, "2021-12-21", (0, 0)),  # both by the day that the calendar sets
        ("2021-12-12", "2021-12-21", (2, 0)),  # all classes of the north were signed off before it
        ("2021-12-01", "2021-12-17", (0, 0)),  # never counted from before the cut-off
        ("2021-12-20", "2021-12-22", (1, 1)),  # after it
    ],
)
def test_the_week_of_a_final_begins_in_each_school_with_its_last_sign_off(
    north: str | None, released: str, late: tuple[int, int]
) -> None:
    lines = "\n".join(
        f"""
        2021-12-11 report_made object=reports/{school}/fin/{school}/1/report.en.pdf version=1 report={school} cycle=fin
        {released} released cycle=fin report={school} version=1"""
        for school in ("north", "south")
    )
    beside = BesideTheLog({("fin", "north"): date.fromisoformat(north)} if north else {})
    found = year_numbers(log_of(lines), YEAR, calendar(), AFTER, 3, beside).by_school
    assert (found["north"].days_late, found["south"].days_late) == late


def test_what_was_late_says_why() -> None:
    found = numbers(f"""
        2021-10-12 held cycle=mid student=a reason=no-comment
        2021-10-13 {MADE.format(cycle="mid")} report=a student=a cycle=mid
        2021-10-12 {MADE.format(cycle="mid")} report=b student=b cycle=mid
        2021-10-18 {MADE.format(cycle="mid")} report=c student=c cycle=mid
        2021-10-12 {MADE.format(cycle="mid")} report=d student=d cycle=mid
        2021-10-15 released cycle=mid report=d student=d version=1
        2021-10-19 released cycle=mid report=a student=a version=1
        2021-10-19 released cycle=mid report=b student=b version=1
        2021-10-19 released cycle=mid report=c student=c version=1
    """)
    assert found.why_late == {"made-late": 1, "no-comment": 1, "released-late": 1}


def test_a_corrected_report_counts_once_and_says_why() -> None:
    found = numbers(f"""
        2021-10-12 {MADE.format(cycle="mid")} report=r cycle=mid
        2021-10-12 report_made object=reports/s1/mid/r/1/report.es.pdf version=1 report=r cycle=mid
        2021-10-15 released cycle=mid report=r version=1
        2021-10-20 report_made object=reports/s1/mid/r/2/report.en.pdf version=2 report=r cycle=mid
        2021-10-21 superseded cycle=mid report=r version=1 reason=corrected
        2021-10-21 released cycle=mid report=r version=2
    """)
    assert (found.reports.made, found.reports.released, found.reports.on_time, found.reports.late) == (1, 1, 1, 0)
    assert (found.corrections, found.languages) == ({"corrected": 1}, {"en": 1, "es": 1})
    assert set(found.by_school) == {"s1"}


def test_a_delivery_counts_by_its_last_state_and_by_its_channel() -> None:
    found = numbers("""
        2021-10-15 planned cycle=mid delivery=d1 channel=portal report=r version=1 recipient=pa
        2021-10-15 delivered cycle=mid delivery=d1 channel=portal report=r version=1 recipient=pa
        2021-10-16 opened cycle=mid delivery=d1 channel=portal report=r version=1 recipient=pa
        2021-10-17 opened cycle=mid delivery=d1 channel=portal report=r version=1 recipient=pa
        2021-10-17 withdrawn cycle=mid delivery=d1 channel=portal
        2021-10-15 planned cycle=mid delivery=d2 channel=email
        2021-10-15 failed cycle=mid delivery=d2 channel=email reason=bounced
        2021-10-18 planned cycle=mid delivery=d2 channel=email count=2
        2021-10-18 sent cycle=mid delivery=d2 channel=email count=2
        2021-10-15 planned cycle=mid delivery=d3 channel=email
        2021-10-15 uncertain cycle=mid delivery=d3 channel=email
        2021-10-15 planned delivery=d4 channel=email cause=answer
        2021-10-15 planned cycle=mid delivery=d5 channel=portal
        2021-10-15 delivered cycle=mid delivery=d5 channel=portal
        2021-10-16 opened cycle=mid delivery=d5 channel=portal
        2021-10-19 acknowledged report=r version=1 recipient=pa reason=read-2021-10-18
        2021-10-20 acknowledged report=r version=1 recipient=pa reason=read-2021-10-19
    """)
    assert found.deliveries == {
        "email": {"all": 2, "sent": 1, "uncertain": 1, "late": 1},
        "portal": {"all": 2, "withdrawn": 1, "delivered": 1, "opened": 2, "on-time": 2},
    }
    assert found.acknowledged == 1


ASKED = "2021-10-18 query_received query=q student=p1 recipient=pa reason=question due=2021-10-25"


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        # received, answered, closed, open, late, longest days
        ("", (1, 0, 0, 1, 1, None)),
        ("2021-10-25 query_answered query=q", (1, 1, 0, 0, 0, 5)),
        ("2021-10-26 query_answered query=q", (1, 1, 0, 0, 1, 6)),
        # what waits for a second person is no answer yet
        ("2021-10-20 query_answered query=q reason=to-approve", (1, 0, 0, 1, 1, None)),
        ("2021-10-20 query_answered query=q reason=to-approve\n2021-10-26 query_changed query=q reason=approved",
         (1, 1, 0, 0, 1, 6)),
        # a clock that was lengthened before, and one that a reply began again afterwards
        ("2021-10-20 query_changed query=q reason=lengthened due=2021-10-29\n2021-10-28 query_answered query=q",
         (1, 1, 0, 0, 0, 8)),
        ("2021-10-20 query_answered query=q\n2021-10-21 query_changed query=q reason=reopened due=2021-10-28",
         (1, 1, 0, 0, 0, 2)),
        ("2021-10-20 query_changed query=q reason=closed cause=withdrawn", (1, 0, 1, 0, 0, None)),
        ("2021-10-20 query_changed query=q reason=held", (1, 0, 0, 1, 0, None)),
    ],
)  # fmt: skip
def test_a_question_is_answered_late_or_not(later: str, expected: tuple[int | None, ...]) -> None:
    one = numbers(f"{ASKED}\n{later}").queries["question"]
    assert (one.received, one.answered, one.closed, one.open, one.late, one.longest_days) == expected


@pytest.mark.parametrize(
    ("given", "expected", "total"),
    [
        ({}, [None] * 5, 0),
        ({5: 2}, [None] * 5, None),
        ({5: 3}, [0, 0, 0, 0, 3], 3),
        ({4: 4, 5: 6, 1: 1}, [None, 0, 0, None, 6], 11),  # one alone would be told by the total
        ({4: 4, 1: 1, 2: 2}, [None, None, 0, 4, 0], 7),
        ({4: 4, 5: 3}, [0, 0, 0, 4, 3], 7),
    ],
)
def test_small_groups_of_ratings_are_hidden(given: dict[int, int], expected: list[int | None], total: int) -> None:
    lines = [
        f"2021-11-0{rating} query_received query=q{rating}-{n} reason=rating count={rating}"
        for rating, many in given.items() for n in range(many)
    ]  # fmt: skip
    found = numbers("\n".join(lines)).ratings
    assert (list(found.counts.values()), found.total) == (expected, total)


def test_what_the_office_was_asked_is_counted_by_its_codes() -> None:
    found = numbers("""
        2021-06-30 restored digest=a
        2021-07-01 held student=p1 reason=quarantined
        2021-07-02 access_request case=c1 reason=received due=2021-07-12
        2021-07-13 access_request case=c1 reason=given
        2021-07-02 access_request case=c2 reason=received due=2021-07-12
        2021-07-12 access_request case=c2 reason=given
        2021-08-01 erased student=p1
        2021-08-01 erased object=notes/a student=p1
        2021-08-02 incident case=i1 reason=opened cause=misdirected
        2021-08-03 incident case=i1 reason=closed
        2021-08-04 refused reason=wrong-code
        2021-08-04 refused reason=wrong-code
        2021-08-05 settings_changed reason=release.approvals
        2021-08-06 quarantined count=7
        2022-07-01 refused reason=wrong-code
    """)
    assert found.access == {"given": 2, "late": 1, "received": 2}
    assert (found.erased, found.incidents, found.incident_steps) == (1, {"misdirected": 1}, {"closed": 1, "opened": 1})
    assert (found.refused, found.settings, found.quarantined) == ({"wrong-code": 2}, {"release.approvals": 1}, 7)
    assert (found.holds, found.restored, found.entries) == ({"quarantined": 1}, date(2021, 6, 30), 13)


def test_meetings_count_once_an_event() -> None:
    found = numbers("""
        2021-10-18 query_received query=q reason=meeting recipient=pa
        2021-10-19 meeting query=q reason=offered slot=a
        2021-10-19 meeting query=q reason=offered slot=b
        2021-10-20 meeting query=q reason=booked slot=a
        2021-10-21 meeting query=q reason=held slot=a
    """)
    assert found.meetings == {"wanted": 1, "offered": 1, "booked": 1, "held": 1}


def _lived(seed: int) -> list[Logged]:
    """A year of 200 families, and what lay before and after it."""
    chance = Random(seed)  # noqa: S311 - a made-up school
    lines: list[tuple[date, str]] = []

    def say(day: date, words: str) -> None:
        lines.append((day, words))

    for cycle, release in (("mid", date(2021, 10, 15)), ("fin", date(2021, 12, 17)), ("spring", date(2022, 5, 27))):
        for family in range(200):
            school, name = f"s{family % 3}", f"{cycle}-{family}"
            about = f"cycle={cycle} report={name} version=1 student=p{family}"
            if chance.random() < 0.05:
                say(release, f"held cycle={cycle} student=p{family} reason=quarantined")
            made = f"report_made {about} object=reports/{school}/{cycle}/{name}/1/report.en.pdf"
            say(release - timedelta(days=3), made)
            if chance.random() < 0.04:
                continue
            out = release + timedelta(days=chance.choice([0, 0, 0, 1, 3, 8]))
            say(out, f"released {about}")
            channel = chance.choice(["portal", "email", "print"])
            to = f"{about} recipient=c{family} delivery=d{name} channel={channel}"
            say(out, f"planned {to}")
            state = chance.choice(["sent", "sent", "delivered", "failed", "uncertain"])
            say(out, f"{state} {to}")
            if state == "delivered" and chance.random() < 0.6:
                say(out + timedelta(days=1), f"opened {to}")
            if chance.random() < 0.2:
                due = out + timedelta(days=7)
                asked = chance.choice(["question", "correction"])
                say(out, f"query_received query=q{name} reason={asked} recipient=c{family} due={due}")
                if chance.random() < 0.9:
                    say(out + timedelta(days=chance.randint(1, 11)), f"query_answered query=q{name}")
    return log_of("\n".join(f"{day} {words}" for day, words in sorted(lines, key=lambda one: one[0])))


def _tallied(entries: list[Logged]) -> dict[str, Any]:
    """By hand, over the lines of `log export`: it shares nothing with the fold."""
    rows = [json.loads(json.dumps(entry.model_dump(mode="json"))) for entry in entries]
    rows = [row for row in rows if "2021-07-01" <= row["at"][:10] <= "2022-06-30"]
    last_day = {"mid": "2021-10-15", "fin": "2021-12-21", "spring": "2022-05-27"}
    out = {row["report"]: row for row in rows if row["kind"] == "released"}
    states: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        if row["delivery"]:
            states[row["channel"]][row["kind"]].add(row["delivery"])
    asked = {row["query"]: row for row in rows if row["kind"] == "query_received"}
    answered = {row["query"]: row["at"][:10] for row in rows if row["kind"] == "query_answered"}
    late = [q for q, row in asked.items() if answered.get(q, "9999") > row["due"]]
    return {
        "made": len({row["report"] for row in rows if row["kind"] == "report_made"}),
        "released": len(out),
        "late": sum(row["at"][:10] > last_day[row["cycle"]] for row in out.values()),
        "held": sum(row["kind"] == "held" for row in rows),
        "channels": {c: {k: len(v) for k, v in by.items()} for c, by in states.items()},
        "asked": len(asked), "answered": len(answered), "late_questions": len(late),
    }  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_a_whole_year_agrees_with_a_tally_of_the_export(seed: int) -> None:
    entries = _lived(seed)
    found, told = year_numbers(entries, YEAR, calendar(), AFTER, 3), _tallied(entries)
    assert (found.reports.made, found.reports.released, found.reports.late, sum(found.holds.values())) == (
        told["made"], told["released"], told["late"], told["held"],
    )  # fmt: skip
    assert found.reports.late > 50
    assert sum(one.released for one in found.by_school.values()) == told["released"]
    counted = {
        channel: {("planned" if k == "all" else k): n for k, n in by.items() if k not in ("on-time", "late")}
        for channel, by in found.deliveries.items()
    }
    assert counted == told["channels"]
    assert sum(one.received for one in found.queries.values()) == told["asked"]
    assert sum(one.answered for one in found.queries.values()) == told["answered"]
    assert sum(one.late for one in found.queries.values()) == told["late_questions"]


def test_every_kind_of_entry_shows_a_section_and_every_section_is_there() -> None:
    assert {kind for kind in KINDS if not list(sections_of(kind))} == set()  # type: ignore[arg-type]
    assert [section.number for section in SECTIONS] == ["3", "4.1", "4.2", "4.3", "4.4", "4.5", "5", "6", "8"]
    found = evidence_of(log_of("2021-10-18 query_received query=q\n2021-10-19 refused reason=wrong-code"))
    assert {number: [one.seq for one in shown] for number, shown in found.items() if shown} == {
        "4.2": [2], "4.4": [1], "5": [2], "8": [1],
    }  # fmt: skip
