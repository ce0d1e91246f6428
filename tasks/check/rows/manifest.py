"""What the manifest of a OneRoster bundle says, against what lies in the bundle and in its rows."""

from collections.abc import Collection, Iterable

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Problem
from termpost.tasks.check.contracts.specs import CheckSpec
from termpost.tasks.formats.header import file_problem
from termpost.tasks.formats.oneroster.manifest import APPLIED, MANIFEST, MODES, Manifest, of_pairs

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
ROW_STATE = ("status", "date_last_modified")  # blank in bulk, filled in delta


def said_by(con: duckdb.DuckDBPyConnection, present: Collection[str]) -> Manifest:
    """The manifest of the extract that was read; an empty one where there is none."""
    if "manifest" not in present:
        return Manifest({})
    return of_pairs(con.execute("SELECT property_name, value FROM raw_manifest").fetchall())


def judge_manifest(
    said: Manifest, contracts: Iterable[Contract], files: Collection[str], form: str
) -> tuple[Problem, ...]:
    """Refuses what would be read wrongly rather than not at all: another version, or changes taken for the whole."""
    problems: list[Problem] = []
    version, read = said.properties.get("oneroster.version"), form.partition("/")[2]
    if version is not None and version != read and not version.startswith(read + "."):
        problems.append(file_problem(MANIFEST, "unsupported-version", "fatal", "value", f"{read} is read"))
    if any(mode not in MODES for mode in said.modes.values()):
        problems.append(file_problem(MANIFEST, "unknown-mode", "fatal", "value"))
    if said.deltas:
        problems.append(file_problem(MANIFEST, "delta-references", "warning", "value"))
    for contract in (c for c in contracts if not c.derived):
        mode, there = said.modes.get(contract.file), contract.file in files
        if (mode in {"bulk", "delta"} and not there) or (mode == "absent" and there):
            problems.append(file_problem(MANIFEST, "manifest-mismatch", "warning", "value", contract.file))
    return tuple(problems)


def of_a_part(problems: Iterable[Problem]) -> list[Problem]:
    """The problems of files where the bundle holds changes only: a file without any is absent or empty."""
    return [
        problem.model_copy(update={"severity": "warning"}) if problem.rule == "no-rows" else problem
        for problem in problems
        if problem.rule != "missing-file"
    ]


def within_rows(specs: Iterable[CheckSpec]) -> tuple[CheckSpec, ...]:
    """The checks that a bundle of changes can be held to by itself: those that need no row of another file."""
    return tuple(
        spec
        for spec in specs
        if spec.metric not in {"missing_references", "wrong_references"}
        and not set(spec.arguments.get("needs", ())) - {spec.dataset}
    )


def judge_bulk_rows(
    con: duckdb.DuckDBPyConnection, said: Manifest, contracts: Iterable[Contract], files: Collection[str]
) -> list[Problem]:
    """A bulk file whose rows carry the marks of a delta: one warning a file and column, whatever the rows."""
    if said.is_applied:
        return []
    problems = []
    for contract in (c for c in contracts if c.file in files and c.file not in said.deltas):
        for column in (c for c in contract.kept if c.name in ROW_STATE):
            filled = f"SELECT 1 FROM cells_{contract.dataset} WHERE {column.name} IS NOT NULL LIMIT 1"
            if con.execute(filled).fetchone():
                problems.append(file_problem(contract.file, "bulk-status", "warning", column.header))
    return problems


def judge_delta_rows(con: duckdb.DuckDBPyConnection, said: Manifest, contracts: Iterable[Contract]) -> None:
    """A row of a delta says whether it stays and since when, else it is out; one that goes need say no more."""
    for contract in contracts:
        name = contract.dataset
        states = [column.name for column in contract.kept if column.name in ROW_STATE]
        rows = "true" if contract.file in said.deltas else f"row_number <= {said.applied_rows.get(contract.file, 0)}"
        if contract.derived or not states:
            continue
        for column in states:
            con.execute(
                f"INSERT INTO check_failure SELECT '{name}', row_number, 'required', 'error', '{column}', false"
                f" FROM raw_{name} WHERE {column} IS NULL AND {rows}"
            )
        kept = ", ".join(f"'{column}'" for column in (*states, contract.key.name if contract.key else ""))
        con.execute(
            f"DELETE FROM check_failure WHERE dataset = '{name}' AND rule = 'required' AND column_name NOT IN ({kept})"
            f" AND row_number IN (SELECT row_number FROM gone_{name})"
        )


def note_unknown_properties(con: duckdb.DuckDBPyConnection, present: Collection[str]) -> None:
    """A property nobody knows may be a misspelt one."""
    if "manifest" in present:
        con.execute(
            "INSERT INTO check_failure SELECT 'manifest', row_number, 'unknown-property', 'warning', 'property_name',"
            " false FROM raw_manifest WHERE NOT list_contains($known, trim(property_name))"
            " AND NOT starts_with(trim(property_name), $own)",
            {"known": sorted(PROPERTIES), "own": APPLIED},
        )
