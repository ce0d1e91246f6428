"""Which summaries each released report rests on, kept in the lake: what a family was given does not move with a newer
extract (law 12).

The log says who is released and the manifest of what; this is derived from the two. A release that was killed before
it wrote this down is caught up with by the next flow, before that flow writes a newer manifest."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import duckdb
from termpost.schemas.base.refs import CycleId
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.entry import Logged
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.manifests import prepared_of

INSERT = """
INSERT INTO lake.out_release
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, unnest($instants), unnest($students)
"""


def keep_releases(home: Home, cycle_id: CycleId) -> int:
    """Writes what is missing of a cycle; returns how many students that were. Once per student and released version."""
    manifests = prepared_of(home, cycle_id)
    released = _released(home.log.entries(), cycle_id) if manifests else {}
    if not released:
        return 0
    with open_lake(home.lake) as lake:
        return sum(_keep(lake, manifest, released) for manifest in manifests)


def _released(entries: Iterable[Logged], cycle_id: CycleId) -> dict[tuple[str | None, int | None], datetime]:
    """Report and version → the instant from which the log says that it is out."""
    found: dict[tuple[str | None, int | None], datetime] = {}
    for entry in entries:
        if entry.kind == "released" and entry.cycle == cycle_id:
            found.setdefault((entry.report, entry.version), entry.day)
    return found


def _keep(
    lake: duckdb.DuckDBPyConnection, manifest: PreparedSchool, released: dict[tuple[str | None, int | None], datetime]
) -> int:
    query = "SELECT person_ref, count(*) FROM lake.out_release WHERE cycle_id = ? AND school_id = ? GROUP BY ALL"
    kept = dict(lake.execute(query, [manifest.cycle, manifest.school]).fetchall())
    versions = Counter(report for report, _ in released)
    fresh = sorted(
        (report.student, released[report.report, report.version])
        for report in manifest.reports
        if (report.report, report.version) in released and kept.get(report.student, 0) < versions[report.report]
    )
    if fresh:
        lake.execute(INSERT, {
            "cycle_id": manifest.cycle, "school_id": manifest.school, "extract_id": manifest.extract_id,
            "policy": manifest.policy, "cutoff": manifest.cutoff,
            "instants": [at for _, at in fresh], "students": [student for student, _ in fresh],
        })  # fmt: skip
    return len(fresh)
