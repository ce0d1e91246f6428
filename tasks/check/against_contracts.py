"""Holds an extract against the data contracts: every row ends as accepted or quarantined (law 1)."""

from collections.abc import Iterable, Mapping

import duckdb

from schemas.findings import FileCount, Findings, Hold, Outcome, Problem, ProblemCount, Rejected
from tasks.check.columns import check_columns
from tasks.check.comments import check_comments
from tasks.check.contract import Contract, load_contracts
from tasks.check.freshness import judge_freshness
from tasks.check.holds import find_holds
from tasks.check.manifest import judge_manifest
from tasks.check.read import Raw, read_raw
from tasks.check.relations import check_relations
from tasks.check.rules import RULES
from tasks.check.specs import compile_specs
from tasks.check.tables import after_columns, create_views
from tasks.check.terms import Terms

FORMAT, VERSION = "oneroster-csv", "1.1"
LISTED = 1000  # problems of one rule in one file; the rest is counted
GUID = "^[A-Za-z0-9._/@-]{1,255}$"  # OneRoster; anything else in an id's place may be somebody's data


def _judge(con: duckdb.DuckDBPyConnection, raw: Raw, terms: Terms) -> tuple[Hold, ...]:
    """Fills check_failure and finds the holds."""
    specs = compile_specs(raw.contracts)
    con.execute(
        "INSERT INTO check_failure SELECT unnest($datasets::VARCHAR[]), unnest($rows::BIGINT[]), 'ragged-row', 'error',"
        " NULL, false",
        {"datasets": [dataset for dataset, _ in raw.ragged], "rows": [row for _, row in raw.ragged]},
    )
    check_columns(con, specs, raw.filled)
    # a torn row's cells may be shifted: what else seems wrong in them says nothing
    con.execute(
        "DELETE FROM check_failure AS f"
        " USING (SELECT dataset, row_number FROM check_failure WHERE rule = 'ragged-row') AS t"
        " WHERE f.dataset = t.dataset AND f.row_number = t.row_number AND f.rule <> 'ragged-row'"
    )
    after_columns(con, raw.contracts)
    check_relations(con, specs, raw.present, raw.filled, terms)
    check_comments(con, specs, raw.filled, terms)
    # one fault is one problem, however many checks saw it
    con.execute("CREATE OR REPLACE TEMP TABLE check_failure AS SELECT DISTINCT * FROM check_failure")
    return find_holds(con, raw.contracts)


def _counts(con: duckdb.DuckDBPyConnection, raw: Raw) -> tuple[FileCount, ...]:
    """Law 1, counted from both sides."""
    files = []
    for contract in raw.contracts:
        if contract.file not in raw.rows:
            continue
        accepted = con.execute(f"SELECT count(*) FROM live_{contract.dataset}").fetchone()
        quarantined = con.execute(
            "SELECT count(DISTINCT row_number) FROM check_failure WHERE dataset = ? AND severity = 'error'",
            [contract.dataset],
        ).fetchone()
        rows, kept, out = raw.rows[contract.file], int(accepted[0]), int(quarantined[0])  # type: ignore[index]
        if rows != kept + out:
            raise RuntimeError(f"law 1 is broken: rows of {contract.file} were lost or doubled")
        files.append(FileCount(name=contract.file, rows=rows, accepted=kept, quarantined=out))
    return tuple(files)


def _problems(con: duckdb.DuckDBPyConnection, contract: Contract) -> list[Problem]:
    """The first problems of each rule in one file, by row."""
    headers = {column.name: column.header for column in contract.columns}
    key = "NULL"
    if contract.key is not None and contract.key_may_be_shown:
        name = f'r."{contract.key.name}"'
        key = f"CASE WHEN f.rule <> 'ragged-row' AND regexp_matches({name}, '{GUID}') THEN {name} END"
    rows = con.execute(
        f"SELECT f.rule, f.severity, f.row_number, f.column_name, {key} FROM check_failure AS f"
        f" JOIN raw_{contract.dataset} AS r USING (row_number) WHERE f.dataset = ?"
        f" QUALIFY row_number() OVER (PARTITION BY f.rule, f.severity ORDER BY f.row_number) <= {LISTED}"
        f" ORDER BY f.row_number, f.rule, f.column_name",
        [contract.dataset],
    ).fetchall()
    return [
        Problem(
            rule=rule, severity=severity, file=contract.file, row=row, column=headers.get(column), key=shown,
            message=RULES[rule].message,
        )
        for rule, severity, row, column, shown in rows
    ]  # fmt: skip


def _summed(con: duckdb.DuckDBPyConnection, raw: Raw, of_files: Iterable[Problem]) -> tuple[ProblemCount, ...]:
    files = {contract.dataset: contract.file for contract in raw.contracts}
    found: dict[tuple[str, str, str], int] = {}
    for problem in of_files:
        place = (problem.file, problem.rule, problem.severity)
        found[place] = found.get(place, 0) + 1
    rows = con.execute("SELECT dataset, rule, severity, count(*) FROM check_failure GROUP BY ALL").fetchall()
    for dataset, rule, severity, count in rows:
        place = (files[dataset], rule, severity)
        found[place] = found.get(place, 0) + int(count)
    return tuple(
        ProblemCount.model_validate({"file": file, "rule": rule, "severity": severity, "count": count})
        for (file, rule, severity), count in sorted(found.items())
    )


def _rejected(con: duckdb.DuckDBPyConnection, raw: Raw) -> tuple[Rejected, ...]:
    place = {contract.dataset: contract for contract in raw.contracts}
    headers = {(c.dataset, column.name): column.header for c in raw.contracts for column in c.columns}
    rows = con.execute(
        "SELECT dataset, row_number, rule, column_name FROM check_failure WHERE severity = 'error' ORDER BY ALL"
    ).fetchall()
    return tuple(
        Rejected(place[dataset].file, row, rule, headers.get((dataset, column))) for dataset, row, rule, column in rows
    )


def hold_against_contracts(
    con: duckdb.DuckDBPyConnection, sources: Mapping[str, str], extract_id: str, terms: Terms
) -> Findings:
    """Judges an OneRoster 1.1 CSV extract with its supplement.

    Args:
        con: gets temporary tables and views, nothing else.
        sources: logical file name ("users.csv", "supplement/contacts.csv") → anything DuckDB's read_csv opens.
        terms: limits, day and cut-off that the rules go by.

    Raises:
        InputError: `broken-check`, `bad-contract`, `contract-sql`. A fault of the extract is never raised.
    """
    raw = read_raw(con, sources, load_contracts(f"{FORMAT}/{VERSION}"))
    create_views(con, raw.contracts)
    problems = [*raw.problems, *judge_manifest(con, raw.contracts, sources.keys())]
    fatal = any(problem.severity == "fatal" for problem in problems)
    holds: tuple[Hold, ...] = ()
    files = tuple(FileCount(name=f, rows=n, accepted=0, quarantined=n) for f, n in raw.rows.items())
    rejected: tuple[Rejected, ...] = ()
    counts = _summed(con, raw, problems)
    if not fatal:
        problems.extend(judge_freshness(con, raw.contracts, raw.filled, terms))
        holds = _judge(con, raw, terms)
        counts = _summed(con, raw, problems)
        for contract in raw.contracts:
            problems.extend(_problems(con, contract))
        fatal = any(count.severity == "fatal" for count in counts)
    if not fatal:
        files, rejected = _counts(con, raw), _rejected(con, raw)
    outcome: Outcome = "rejected" if fatal else "accepted_with_holds" if holds else "accepted"
    return Findings(
        extract_id=extract_id,
        extract_format=FORMAT,
        extract_version=VERSION,
        outcome=outcome,
        files=files,
        problems=tuple(problems),
        counts=counts,
        rejected=rejected,
        holds=holds,
        held_students=tuple(sorted({hold.student for hold in holds})),
    )
