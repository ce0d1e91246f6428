"""The numbers of a year, counted from the lines of `termpost log export`: it shares no code with termpost.

What a calendar says is written out by hand below, and so is which class is of which school.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
FIRST, LAST = date(2021, 7, 1), date(2022, 6, 30)
# by when each cycle's reports are out: the planned day, and of a final one a week after all classes of the school were
# signed off or grades were due; the north signed off on 21 May, while the south's week began on the 23rd
OUT_BY = {
    "gp1": date(2021, 10, 1), "gp2": date(2021, 11, 12), "gp3": date(2021, 12, 18), "gp4": date(2022, 2, 18),
    "gp5": date(2022, 4, 8),
}  # fmt: skip
OUT_BY_AT_LAST = {"north": date(2022, 5, 28), "south": date(2022, 5, 30)}
# no office day: holidays of Texas as they are observed, and the school's own days off
OFF = {date(2021, 11, day) for day in (11, 24, 25, 26)} | {date(2021, 12, day) for day in range(20, 32)}
STATES = ("planned", "sealed", "sent", "delivered", "failed", "uncertain", "expired", "withdrawn")
Line = dict[str, Any]


def day_of(line: Line) -> date:
    """The school's day on which it happened."""
    return datetime.fromisoformat(line["as_of"] or line["at"]).astimezone(ZONE).date()


def tally(lines: Iterable[Line]) -> dict[str, Any]:
    """As `review.json` says them."""
    told = [line for line in lines if day_of(line) <= LAST]
    mine = [line for line in told if day_of(line) >= FIRST]

    def of(*kinds: str) -> list[Line]:
        return [line for line in mine if line["kind"] in kinds]

    def by(kind: str, key: str = "reason") -> dict[str, int]:
        return dict(Counter(line[key] for line in of(kind)))

    requests = {line["case"]: line["due"] for line in told if line["kind"] == "access_request" and line["due"]}
    access = Counter(line["reason"] for line in of("access_request"))
    late = sum(day_of(one).isoformat() > requests[one["case"]] for one in of("access_request")
               if one["reason"] == "given")  # fmt: skip
    return {
        **_reports(of("report_made", "released", "held")),
        "languages": _languages(of("report_made")),
        "corrections": by("superseded"),
        "deliveries": _deliveries(mine),
        "holds": by("held"),
        "queries": _queries(of("query_received", "query_answered", "query_changed")),
        "ratings": Counter(one["count"] for one in of("query_received") if one["reason"] == "rating"),
        "meetings": _meetings(of("query_received", "meeting")),
        "extracts": by("checked"),
        "quarantined": sum(line["count"] for line in of("quarantined")),
        "access": {**access, **({"late": late} if late else {})},
        "erased": len({one["student"] or one["recipient"] for one in of("erased")
                       if not one["object"] and (one["student"] or one["recipient"])}),
        "incidents": dict(Counter(one["cause"] for one in of("incident") if one["reason"] == "opened")),
        "incident_steps": by("incident"),
        "refused": by("refused"),
        "settings": by("settings_changed"),
        "policy_acknowledged": len({one["actor"] for one in of("policy_acknowledged")}),
        "retained": len(of("retained")),
        "entries": len(mine),
        "backed_up": max(day_of(one) for one in of("backed_up")).isoformat(),
        "restored": max(day_of(one) for one in of("restored")).isoformat(),
    }  # fmt: skip


def school_of(made: Line) -> str:
    """By the place of a report in the store."""
    return str(made["object"].split("/")[1])


def due_of(cycle: str, school: str) -> date:
    return OUT_BY.get(cycle) or OUT_BY_AT_LAST[school]


def _reports(lines: list[Line]) -> dict[str, Any]:
    schools = {line["report"]: school_of(line) for line in lines if line["kind"] == "report_made"}
    made = {line["report"]: day_of(line) for line in reversed(lines) if line["kind"] == "report_made"}
    first = {line["report"]: line for line in reversed(lines) if line["kind"] == "released"}
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    why: Counter[str] = Counter()
    held = {(one["cycle"], one["student"]): one["reason"] for one in reversed(lines) if one["kind"] == "held"}
    for report, school in schools.items():
        one = found[school]
        one["made"] += 1
        if report not in first:
            one["waiting"] += 1
            continue
        out, cycle = first[report], first[report]["cycle"]
        late = (day_of(out) - due_of(cycle, school)).days
        one["released"] += 1
        one["on_time" if late <= 0 else "late"] += 1
        if late > 0:
            one["days_late"] += late
            one["longest"] = max(one["longest"], late)
            in_time = made[report] <= due_of(cycle, school)
            why[held.get((cycle, out["student"]), "released-late" if in_time else "made-late")] += 1
    return {"by_school": {school: dict(one) for school, one in found.items()}, "why_late": dict(why)}


def _languages(lines: list[Line]) -> dict[str, int]:
    spoken = {(line["report"], re.split(r"[./]", line["object"])[-2]) for line in lines
              if "/report." in line["object"] and "report.json" not in line["object"]}  # fmt: skip
    return dict(Counter(language for _, language in spoken))


def _deliveries(lines: list[Line]) -> dict[str, dict[str, int]]:
    schools = {line["report"]: school_of(line) for line in lines if line["kind"] == "report_made"}
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    told: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line["delivery"] and line["cycle"] and line["kind"] in (*STATES, "opened"):
            told[line["delivery"]].append(line)
    for entries in told.values():
        one = found[next(line["channel"] for line in entries if line["channel"])]
        one["all"] += 1
        one[[line["kind"] for line in entries if line["kind"] != "opened"][-1]] += 1
        one["opened"] += any(line["kind"] == "opened" for line in entries)
        arrived = [line for line in entries if line["kind"] in ("sent", "delivered")]
        if arrived:
            report = entries[0]["report"]
            in_time = day_of(arrived[0]) <= due_of(arrived[0]["cycle"], schools[report])
            one["on-time" if in_time else "late"] += 1
    return {channel: {name: n for name, n in one.items() if n} for channel, one in found.items()}


def _queries(lines: list[Line]) -> dict[str, dict[str, Any]]:
    found: defaultdict[str, list[tuple[Line, date | None, bool]]] = defaultdict(list)
    for asked in (line for line in lines if line["kind"] == "query_received" and line["reason"] != "rating"):
        answers = [day_of(line) for line in lines
                   if line["kind"] == "query_answered" and line["query"] == asked["query"]]  # fmt: skip
        closed = any(line["kind"] == "query_changed" and line["reason"] == "closed" and line["query"] == asked["query"]
                     for line in lines)  # fmt: skip
        found[asked["reason"]].append((asked, min(answers, default=None), closed))
    numbers = {}
    for kind, asked_ones in found.items():
        taken = [_office_days(day_of(asked), day) for asked, day, _ in asked_ones if day]
        open_ones = [asked for asked, day, closed in asked_ones if not day and not closed]
        late = sum(day.isoformat() > asked["due"] for asked, day, _ in asked_ones if day)
        numbers[kind] = {
            "received": len(asked_ones), "answered": len(taken), "open": len(open_ones),
            "closed": len(asked_ones) - len(taken) - len(open_ones),
            "late": late + sum(asked["due"] < LAST.isoformat() for asked in open_ones),
            "median_days": median(taken) if taken else None, "longest_days": max(taken, default=None),
        }  # fmt: skip
    return numbers


def _office_days(first: date, last: date) -> int:
    """Those after the first, the last one too."""
    days = (first + timedelta(days=n + 1) for n in range((last - first).days))
    return sum(day.weekday() < 5 and day not in OFF for day in days)


def _meetings(lines: list[Line]) -> dict[str, int]:
    seen = {(line["query"], line["reason"]) for line in lines if line["kind"] == "meeting"}
    seen |= {(line["query"], "wanted") for line in lines
             if line["kind"] == "query_received" and line["reason"] == "meeting"}  # fmt: skip
    counted = Counter(reason for _, reason in seen)
    return {name: counted[name] for name in ("wanted", "offered", "booked", "moved", "cancelled", "held", "missed")
            if counted[name]}  # fmt: skip
