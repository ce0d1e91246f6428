"""A prepared cycle as papers need it: its schools, and the frozen report of any student."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

import duckdb
from termpost.schemas.base.refs import Batch, ExtractId, PersonRef, SchoolId, Summaries
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.documents.report import Report
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.documents.register_order import register_order
from termpost.tasks.home.home import Home
from termpost.tasks.lake.school_names import school_names, session_title
from termpost.tasks.lake.sql import sql
from termpost.tasks.render.model import reports_of
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.stage.manifests import read_prepared
from termpost.tasks.summarise.open_cycle import open_cycle

PACKAGE = "termpost.tasks.papers"


@dataclass(frozen=True)
class SchoolCycle:
    """One school of a prepared cycle."""

    prepared: PreparedSchool
    summaries: Summaries
    name: str
    cycle_title: str

    @property
    def students(self) -> tuple[PersonRef, ...]:
        """Those who have a report."""
        return tuple(PersonRef(report.student) for report in self.prepared.reports)


def schools_of(home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str) -> list[SchoolCycle]:
    """Every school of the cycle, by name.

    Raises:
        InputError: `unknown-cycle`, `not-prepared`.
    """
    plan = home.calendar.cycle(cycle_id)
    found = []
    for prepared in read_prepared(home, cycle_id):
        extract_id, school = ExtractId(prepared.extract_id), SchoolId(prepared.school)
        (planned,) = open_cycle(lake, plan, extract_id, [school])
        cycle = replace(planned, cutoff=prepared.cutoff)
        summaries = Summaries(cycle, extract_id, prepared.policy, len(prepared.reports))
        names = school_names(lake, prepared.extract_id)
        title = session_title(lake, extract_id, cycle.session)
        name = names.get(prepared.school, home.settings.institution.name)
        found.append(SchoolCycle(prepared, summaries, name, title))
    by = register_order(home).keys(school.name for school in found)
    return sorted(found, key=lambda school: (by[school.name], school.prepared.school))


def reports_in(
    home: Home, lake: duckdb.DuckDBPyConnection, school: SchoolCycle, students: Iterable[PersonRef]
) -> dict[PersonRef, Report]:
    """The report of each of the students who has one, in the version that waits or is out, in the order of a register.

    Whose report was released gets the one that was released, whatever was loaded since; whose correction waits, that.
    """
    state = CycleState.fold(school.prepared.cycle, home.log.entries())
    waiting = {PersonRef(r.student) for r in school.prepared.reports if state.is_corrected(r.report, r.version)}
    versions = {PersonRef(report.student): report.version for report in school.prepared.reports}
    wanted = [ref for ref in students if ref in versions]
    found: dict[PersonRef, Report] = {}
    listed: dict[PersonRef, tuple[str, ...]] = {}
    for summaries, refs in _by_basis(lake, school, wanted, waiting).items():
        people = open_identities(lake, home.people, summaries.extract_id, StudentIdentity, refs)
        batch = Batch(summaries.cycle, 0, summaries, tuple(ref for ref in refs if ref in people))
        reports = reports_of(lake, home, batch, people)
        found |= {ref: _numbered(report, versions[ref]) for ref, report in reports.items()}
        listed |= register_order(home).places(people)
    return {ref: found[ref] for ref in sorted(found, key=lambda ref: listed[ref])}


def _numbered(report: Report, version: int) -> Report:
    return report.model_copy(update={"version": version})


def _by_basis(
    lake: duckdb.DuckDBPyConnection, school: SchoolCycle, students: Iterable[PersonRef], waiting: AbstractSet[PersonRef]
) -> dict[Summaries, list[PersonRef]]:
    """The students by the summaries that their report rests on: what was released, but where a correction waits."""
    key = {"cycle_id": school.prepared.cycle, "school_id": school.prepared.school}
    released: dict[str, tuple[str, str, date]] = {
        ref: (extract_id, policy, cutoff)
        for ref, extract_id, policy, cutoff in lake.execute(sql(PACKAGE, "released_from"), key).fetchall()
    }
    groups: defaultdict[Summaries, list[PersonRef]] = defaultdict(list)
    for ref in students:
        basis = school.summaries
        if ref in released and ref not in waiting:
            extract_id, policy, cutoff = released[ref]
            basis = Summaries(replace(basis.cycle, cutoff=cutoff), ExtractId(extract_id), policy, basis.students)
        groups[basis].append(ref)
    return groups
