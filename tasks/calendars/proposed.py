"""The cycles that a school's terms suggest: one report at the end of each part of a term, and one at its end.

Any system of terms is a tree of sessions: a school year of semesters, trimesters or quarters, each with or without
grading periods; terms of one campus beside those of another; years that begin in January or in August. So nothing here
asks which it is: the reported terms are the topmost sessions below the year, and their parts what has no part itself.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from termpost.schemas.base.cycle_kinds import CycleKind
from termpost.schemas.settings.calendar import Calendar

GRADING_DAYS: Final = 3  # office days from a final cut-off until marks are to be complete
RELEASE_DAYS: Final = 5  # office days from a cut-off to the release
SEMESTERS: Final = 2  # with so many terms a year each is final: a course of one ends with it
A_YEAR: Final = timedelta(days=366)
A_WEEK: Final = timedelta(days=7)  # from completed marks to final reports (procedure, section 4.1)
LONGEST_ID: Final = 48  # signs of the title in an id

Finals = Literal["each", "last"]


@dataclass(frozen=True)
class Term:
    """A session of an extract."""

    id: str
    title: str
    is_year: bool  # schoolYear
    is_period: bool  # gradingPeriod: a part, whatever stands above it
    first: date
    last: date  # included
    parent: str | None
    schools: frozenset[str]  # which hold classes in it, or in a part of it


@dataclass(frozen=True)
class ProposedCycle:
    """A `[[cycle]]` that could stand in `calendar.toml`."""

    id: str
    kind: CycleKind
    title: str  # of the part of a term; empty: kind and session say enough
    sessions: Mapping[str, tuple[str, ...]]  # school → its sessions; under "" where all have the same one
    cutoff: date
    release: date
    grading_due: date | None

    def as_toml(self) -> str:
        """As a person would write it."""
        rows = ["[[cycle]]", f'id = "{self.id}"', f'kind = "{self.kind}"']
        if self.title:
            rows.append(f"title = {quoted(self.title)}")
        if "" in self.sessions:
            rows.append(f"session = {quoted(self.sessions[''][0])}")
        else:
            rows.append("sessions = { " + ", ".join(
                f"{quoted(school)} = [{', '.join(map(quoted, ids))}]" for school, ids in sorted(self.sessions.items())
            ) + " }")  # fmt: skip
        rows += [f'cutoff = "{self.cutoff}"', f'release = "{self.release}"']
        if self.grading_due:
            rows.append(f'grading_due = "{self.grading_due}"')
        return "\n".join(rows) + "\n"


def quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in escaped) + '"'


@dataclass(frozen=True)
class _TermReport:
    """One report to come, before its dates are days of an office."""

    term: str  # title
    part: str  # title; empty at the end of the term
    kind: CycleKind
    starts: date  # of the term
    cutoff: date


def propose(terms: Sequence[Term], calendar: Calendar, finals: Finals | None = None) -> list[ProposedCycle]:
    """Cycles in the order of their cut-offs, those of several schools together where title and dates agree.

    Args:
        terms: all sessions of an extract.
        finals: which terms end with final reports; None: each of a year of two, the last of a longer one.
    """
    by_report: dict[_TermReport, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for school in sorted({school for term in terms for school in term.schools}):
        mine = [term for term in terms if school in term.schools]
        for term, report in _reports(mine, finals):
            by_report[report][school].append(term.id)
    everybody = {school for sessions in by_report.values() for school in sessions}
    ordered = sorted(by_report.items(), key=lambda one: (one[0].cutoff, one[0].kind, sorted(one[1])))
    proposed: list[ProposedCycle] = []
    for report, sessions in ordered:
        name = _free(_name(report), {cycle.id for cycle in proposed}, sorted(sessions))
        proposed.append(_dated(report, name, _joined(sessions, everybody), calendar))
    return proposed


def _joined(sessions: Mapping[str, list[str]], everybody: set[str]) -> dict[str, tuple[str, ...]]:
    """One id for all where every school has that one."""
    ids = {tuple(sorted(set(found))) for found in sessions.values()}
    if len(ids) == 1 and set(sessions) == everybody and len(only := next(iter(ids))) == 1:
        return {"": only}
    return {school: tuple(sorted(set(found))) for school, found in sessions.items()}


def _reports(terms: Sequence[Term], finals: Finals | None) -> Iterable[tuple[Term, _TermReport]]:
    """Of one school."""
    known = {term.id: term for term in terms}
    children: dict[str, list[Term]] = defaultdict(list)
    for term in terms:
        if term.parent in known:
            children[str(term.parent)].append(term)
    for year in _years(terms, known):
        reported = sorted(year, key=lambda term: (term.first, term.last, term.id))
        for term in reported:
            is_last = term.last == max(one.last for one in reported)
            each = finals == "each" or (finals is None and len({one.first for one in reported}) <= SEMESTERS)
            kind: CycleKind = "final" if each or is_last else "end_of_term"
            for part in _parts(term, children):
                if part.last < term.last:
                    yield term, _TermReport(term.title, part.title, "midterm", term.first, part.last)
            yield term, _TermReport(term.title, "", kind, term.first, term.last)


def _years(terms: Sequence[Term], known: Mapping[str, Term]) -> Iterable[list[Term]]:
    """The reported terms of each school year; a year that has grading periods alone is a term itself."""
    found: dict[str, list[Term]] = defaultdict(list)
    flat = []
    for term in terms:
        parent = known.get(term.parent or "")
        if parent is not None and parent.is_year and not term.is_year:
            found[parent.id].append(term)
        elif parent is None and not term.is_year:
            flat.append(term)
    for term in terms:
        if term.is_year and (not found[term.id] or all(one.is_period for one in found[term.id])):
            found[term.id] = [term]
    return [*found.values(), *_years_of_flat(flat)]


def _years_of_flat(terms: Sequence[Term]) -> Iterable[list[Term]]:
    """Terms that name no year: what ends within a year of the first one's start belongs to it."""
    year: list[Term] = []
    for term in sorted(terms, key=lambda term: (term.first, term.last, term.id)):
        if year and term.last - year[0].first > A_YEAR:
            yield year
            year = []
        year.append(term)
    if year:
        yield year


def _parts(term: Term, children: Mapping[str, list[Term]]) -> list[Term]:
    """What of it has no part itself, in order; those that end on one day are one."""
    found: dict[date, Term] = {}
    waiting, seen = list(children.get(term.id, ())), {term.id}
    while waiting:
        one = waiting.pop()
        if one.id in seen:
            continue
        seen.add(one.id)
        inside = children.get(one.id, ())
        waiting += inside
        if not inside and term.first <= one.last <= term.last:
            found.setdefault(one.last, one)
    return [found[day] for day in sorted(found)]


def _dated(
    report: _TermReport, name: str, sessions: Mapping[str, tuple[str, ...]], calendar: Calendar
) -> ProposedCycle:
    due = calendar.add_office_days(report.cutoff, GRADING_DAYS) if report.kind == "final" else None
    release = calendar.add_office_days(report.cutoff, RELEASE_DAYS)
    if due is not None:
        release = min(release, due + A_WEEK)
    return ProposedCycle(name, report.kind, report.part, sessions, report.cutoff, release, due)


def _name(report: _TermReport) -> str:
    """`2021-fall-final`: year, term and, of a part, its title; otherwise the kind."""
    title = _slug(report.term) or "term"
    year = "" if re.search(r"(19|20)\d\d", report.term) else f"{report.starts.year}-"
    end = {"midterm": _slug(report.part) or "midterm", "end_of_term": "end", "final": "final"}[report.kind]
    return f"{year}{title[:LONGEST_ID]}-{end[:LONGEST_ID]}"[:64].rstrip("-")


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _free(name: str, taken: set[str], schools: Sequence[str]) -> str:
    """An id that no other has: with the school where campuses differ, else numbered."""
    if name not in taken:
        return name
    beside = f"{name[:40]}-{_slug(schools[0])}"[:60] if len(schools) == 1 else name[:60]
    if beside not in taken:
        return beside
    return next(full for n in range(2, 1000) if (full := f"{beside}-{n}") not in taken)
