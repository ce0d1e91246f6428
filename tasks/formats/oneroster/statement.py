"""What the manifest of a OneRoster bundle says, against what lies in the bundle."""

from collections.abc import Collection, Iterable, Sequence

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Problem
from termpost.tasks.formats.format import RowFinding, Statement
from termpost.tasks.formats.header import file_problem
from termpost.tasks.formats.oneroster.manifest import MANIFEST, MODES, OWN, Manifest, of_pairs

# every file a manifest may name; the last is how the standard's own summary misspells one
FILES = (
    "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
    "enrollments", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "orgs", "resources",
    "resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles",
    "userResources", "users", "courseResourses",
)  # fmt: skip
PROPERTIES = frozenset({
    "manifest.version", "oneroster.version", "source.systemName", "source.systemCode", *(f"file.{f}" for f in FILES),
})  # fmt: skip


def statement_of(
    con: duckdb.DuckDBPyConnection,
    contracts: Sequence[Contract],
    present: Collection[str],
    files: Collection[str],
    version: str,
) -> Statement:
    """The manifest of the bundle that was read, judged as one of `version`; an empty one where there is none."""
    if "manifest" not in present:
        return Statement(problems=judge_manifest(Manifest({}), contracts, files, version))
    said = of_pairs(con.execute("SELECT property_name, value FROM raw_manifest").fetchall())
    return Statement(
        changes=said.deltas,
        is_applied=said.is_applied,
        applied_rows=said.applied_rows,
        problems=judge_manifest(said, contracts, files, version),
        row_findings=unknown_properties(con),
    )


def judge_manifest(
    said: Manifest, contracts: Iterable[Contract], files: Collection[str], read: str
) -> tuple[Problem, ...]:
    """Refuses what would be read wrongly rather than not at all: another version, or changes taken for the whole."""
    problems: list[Problem] = []
    version = said.properties.get("oneroster.version")
    if version is not None and version != read and not version.startswith(read + "."):
        problems.append(file_problem(MANIFEST, "unsupported-version", "fatal", "value", f"{read} is read"))
    if any(mode not in MODES for mode in said.modes.values()):
        problems.append(file_problem(MANIFEST, "unknown-mode", "fatal", "value"))
    if said.deltas:
        problems.append(file_problem(MANIFEST, "delta-references", "warning", "value"))
    for contract in (c for c in contracts if not c.derived):
        notes = said.service_notes.get(contract.file, [])
        problems.extend(file_problem(contract.file, f"service-{note}", "warning") for note in notes)
        mode, there = said.modes.get(contract.file), contract.file in files
        if (mode in {"bulk", "delta"} and not there) or (mode == "absent" and there):
            problems.append(file_problem(MANIFEST, "manifest-mismatch", "warning", "value", contract.file))
    return tuple(problems)


def unknown_properties(con: duckdb.DuckDBPyConnection) -> tuple[RowFinding, ...]:
    """A property nobody knows may be a misspelt one."""
    rows = con.execute(
        "SELECT row_number FROM raw_manifest WHERE NOT list_contains($known, trim(property_name))"
        " AND NOT starts_with(trim(property_name), $own) ORDER BY row_number",
        {"known": sorted(PROPERTIES), "own": OWN},
    ).fetchall()
    return tuple(RowFinding("manifest", row, "unknown-property", "property_name") for (row,) in rows)
