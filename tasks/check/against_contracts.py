"""Holds an extract against the data contracts: every row ends as accepted or quarantined (law 1)."""

from collections.abc import Iterable, Mapping

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.contracts.contract_rule import ContractRule
from termpost.schemas.contracts.rules import RULES
from termpost.schemas.documents.findings import (
    CheckHold,
    CheckOutcome,
    FileCount,
    Findings,
    Problem,
    ProblemCount,
    Rejected,
    SkippedFile,
)
from termpost.tasks.check.cleaning.clean_extract import clean_datasets, clean_files
from termpost.tasks.check.cleaning.garbled_rows import find_garbled, garbled_name_rows
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.check.contracts.specs import CheckSpec, compile_specs
from termpost.tasks.check.hold_places import (
    begin_places,
    note_holding_rows,
    note_records_holds,
    note_unprintable_names,
    places_of,
)
from termpost.tasks.check.holds import find_holds, in_order
from termpost.tasks.check.policy.policy_fit import policy_problems
from termpost.tasks.check.row_counts import count_rows
from termpost.tasks.check.rows import deltas
from termpost.tasks.check.rows.characters import find_unprintable
from termpost.tasks.check.rows.columns import check_columns
from termpost.tasks.check.rows.comments import check_comments
from termpost.tasks.check.rows.derived import hand_back_failures, inherit_failures
from termpost.tasks.check.rows.erased import find_erased
from termpost.tasks.check.rows.freshness import judge_freshness
from termpost.tasks.check.rows.mailboxes import find_shared_mailboxes
from termpost.tasks.check.rows.near_ids import note_near_ids
from termpost.tasks.check.rows.own_not_run import not_run
from termpost.tasks.check.rows.relations import check_relations
from termpost.tasks.check.rows.too_long import find_too_long
from termpost.tasks.check.rows.vanished import count_columns, find_vanished
from termpost.tasks.check.tables import FEW, create_views, failing, leave_out_wrong, sizes_of
from termpost.tasks.formats.fill_datasets import fill_datasets
from termpost.tasks.formats.format import Statement
from termpost.tasks.formats.header import file_problem
from termpost.tasks.formats.read import RawTables, read_raw
from termpost.tasks.formats.registry import FALLBACK, format_named, load_contracts
from termpost.tasks.lake.connection import suit_rows

SHORT = 50  # bytes of a short row
LISTED = 1000  # problems of one rule in one file; the rest is counted
# rules that repeat a word: those of a vocabulary that a school explains, and no text about anybody. Letters alone
NAMED = {"unknown-event": "event"}
LONGEST_WORD = 30  # characters; anything longer is a text
ROWS_OF_WORD = 20  # problems of one word
SAME_ID = "write the id in this file as it stands in the file it refers to, at the source or in the export"
GUID = "^[A-Za-z0-9._/@-]{1,255}$"  # OneRoster; anything else in an id's place may be somebody's data


def _judge(
    con: duckdb.DuckDBPyConnection, raw: RawTables, sizes: Mapping[str, int], terms: CheckParameters, said: Statement
) -> tuple[CheckHold, ...]:
    """Fills check_failure and finds the holds: first what files say, then what was derived from them."""
    specs = compile_specs(raw.contracts, terms.own.said.keys() | RULES)
    if said.changes:
        specs = deltas.within_rows(specs)
    filled, few = _filled(sizes), sum(sizes.values()) <= FEW
    derived = [contract.dataset for contract in raw.contracts if contract.shaped and sizes[contract.dataset]]
    con.execute(
        "INSERT INTO check_failure SELECT unnest($datasets::VARCHAR[]), unnest($rows::BIGINT[]), 'ragged-row', 'error',"
        " NULL, false",
        {"datasets": [dataset for dataset, _ in raw.ragged], "rows": [row for _, row in raw.ragged]},
    )
    of_files = tuple(spec for spec in specs if spec.dataset not in derived)
    _judge_columns(con, of_files, filled, few=few)
    deltas.judge_delta_rows(con, said, raw.contracts)
    deltas.note_findings(con, said)
    if derived:
        inherit_failures(con, raw.contracts)
        _judge_columns(con, tuple(spec for spec in specs if spec.dataset in derived), filled, few=few)
    find_too_long(con, raw.contracts, filled)
    leave_out_wrong(con)
    find_erased(con, filled, terms)
    check_relations(con, specs, raw.present, filled, terms, few=few)
    note_near_ids(con, specs)
    check_comments(con, specs, filled, terms)
    # one fault is one problem, however many checks saw it
    con.execute("CREATE OR REPLACE TEMP TABLE check_failure AS SELECT DISTINCT * FROM check_failure")
    note_holding_rows(con, said.holding_rows)
    holds = in_order((*find_holds(con, raw.contracts), *(one.hold for one in said.holding_rows)))
    if derived:
        hand_back_failures(con, raw.contracts)
    return holds


def _filled(sizes: Mapping[str, int]) -> frozenset[str]:
    return frozenset(dataset for dataset, rows in sizes.items() if rows)


def _judge_columns(
    con: duckdb.DuckDBPyConnection, specs: Iterable[CheckSpec], present: frozenset[str], *, few: bool
) -> None:
    check_columns(con, specs, present, few=few)
    # a torn row's cells may be shifted: what else seems wrong in them says nothing
    con.execute(
        "DELETE FROM check_failure AS f"
        " USING (SELECT dataset, row_number, rule FROM check_failure WHERE rule = 'ragged-row'"
        "        UNION SELECT dataset, row_number, rule FROM check_echo) AS t"
        " WHERE f.dataset = t.dataset AND f.row_number = t.row_number AND f.rule <> t.rule"
    )


def _failing(con: duckdb.DuckDBPyConnection, raw: RawTables, condition: str = "true") -> list[Contract]:
    names = failing(con, condition)
    return [contract for contract in raw.contracts if contract.dataset in names]


def _word(contract: Contract) -> str:
    """SQL of the word that a problem of the contract names."""
    there = {column.name for column in contract.kept}
    cases = " ".join(
        f"WHEN f.rule = '{rule}' AND length(r.\"{column}\") <= {LONGEST_WORD}"
        f" THEN nullif(trim(regexp_replace(r.\"{column}\", '[^\\p{{L}}\\p{{M}}]+', ' ', 'g')), '')"
        for rule, column in NAMED.items()
        if column in there
    )
    return f"CASE {cases} END" if cases else "CAST(NULL AS VARCHAR)"


def _problems(con: duckdb.DuckDBPyConnection, contract: Contract, said: Mapping[str, ContractRule]) -> list[Problem]:
    """The first problems of each rule in one dataset, by row; what was only handed on is told where it began."""
    name = contract.dataset
    headers = {column.name: column.header for column in contract.columns}
    words = {column.name: column.values for column in contract.columns}
    key = "NULL"
    if contract.key is not None and contract.key_may_be_shown and not contract.shaped:
        cell = f'r."{contract.key.name}"'
        key = f"CASE WHEN f.rule <> 'ragged-row' AND regexp_matches({cell}, '{GUID}') THEN {cell} END"
    found = (
        f"SELECT f.rule, f.severity, w.file, w.row, w.header, f.column_name, {key} AS key, {_word(contract)} AS word,"
        " h.hint,"
        " row_number() OVER (PARTITION BY w.file, f.rule, f.severity, word ORDER BY f.row_number) AS place"
        f" FROM check_failure AS f JOIN raw_{name} AS r USING (row_number) JOIN where_{name} AS w USING (row_number)"
        " LEFT JOIN check_hint AS h ON h.dataset = f.dataset AND h.row_number = f.row_number"
        " AND h.column_name = f.column_name AND f.rule = 'reference'"
        " ANTI JOIN check_echo AS e ON e.dataset = f.dataset AND e.row_number = f.row_number AND e.rule = f.rule"
        " WHERE f.dataset = ?"
    )
    rows = con.execute(
        f"SELECT * EXCLUDE (place) FROM ({found}) WHERE word IS NULL OR place <= {ROWS_OF_WORD}"
        f" QUALIFY row_number() OVER (PARTITION BY file, rule, severity ORDER BY place, row) <= {LISTED}"
        " ORDER BY file, row, rule, column_name",
        [name],
    ).fetchall()
    return [
        Problem(
            rule=rule, severity=severity, file=file, row=row or None, column=header or headers.get(column), key=shown,
            message=said[rule].message + (f" (one of: {', '.join(words[column])})" if rule == "enum" else "")
            + (f' ("{word}")' if word else "") + (f" ({hint})" if hint else ""),
            remedy=SAME_ID if hint else said[rule].remedy,
        )
        for rule, severity, file, row, header, column, shown, word, hint in rows
    ]  # fmt: skip


def _summed(con: duckdb.DuckDBPyConnection, raw: RawTables, of_files: Iterable[Problem]) -> tuple[ProblemCount, ...]:
    found: dict[tuple[str, str, str], int] = {}
    for problem in of_files:
        place = (problem.file, problem.rule, problem.severity)
        found[place] = found.get(place, 0) + 1
    for contract in _failing(con, raw):
        name = contract.dataset
        rows = con.execute(
            f"SELECT w.file, f.rule, f.severity, count(*) FROM check_failure f JOIN where_{name} w USING (row_number)"
            " ANTI JOIN check_echo AS e ON e.dataset = f.dataset AND e.row_number = f.row_number AND e.rule = f.rule"
            " WHERE f.dataset = ? GROUP BY ALL",
            [name],
        ).fetchall()
        for file, rule, severity, count in rows:
            found[file, rule, severity] = found.get((file, rule, severity), 0) + int(count)
    return tuple(
        ProblemCount.model_validate({"file": file, "rule": rule, "severity": severity, "count": count})
        for (file, rule, severity), count in sorted(found.items())
    )


def _rejected(con: duckdb.DuckDBPyConnection, raw: RawTables) -> tuple[Rejected, ...]:
    """Of each row that is wrong the rule and the column, as they were told."""
    rejected = set()
    for contract in _failing(con, raw, "severity = 'error'"):
        name, headers = contract.dataset, {column.name: column.header for column in contract.columns}
        rows = con.execute(
            "SELECT w.file, w.row, f.rule, w.header, f.column_name FROM check_failure AS f"
            f" JOIN where_{name} AS w USING (row_number)"
            # what was handed on is there already, as the row or the cell it came from
            " ANTI JOIN check_echo AS e ON e.dataset = f.dataset AND e.row_number = f.row_number AND e.rule = f.rule"
            " WHERE f.dataset = $dataset AND f.severity = 'error' UNION"
            # a row that repeats a wrong one is as wrong
            " SELECT d.file, d.row, f.rule, NULL, f.column_name FROM check_failure AS f JOIN repeated_row AS d"
            "  ON d.dataset = f.dataset AND d.kept = f.row_number WHERE f.dataset = $dataset AND f.severity = 'error'",
            {"dataset": name},
        ).fetchall()
        rejected |= {
            Rejected(file, row, rule, header or headers.get(column)) for file, row, rule, header, column in rows
        }
    return tuple(sorted(rejected, key=lambda r: (r.file, r.row, r.rule, r.column or "")))


def _size(con: duckdb.DuckDBPyConnection, sources: Mapping[str, str]) -> int:
    """Bytes of all files; no file is read for it."""
    query = "SELECT coalesce(sum(size), 0) FROM read_blob($files::VARCHAR[])"
    return int(con.execute(query, {"files": list(sources.values())}).fetchall()[0][0]) if sources else 0


def hold_against_contracts(
    con: duckdb.DuckDBPyConnection,
    sources: Mapping[str, str],
    extract_id: str,
    terms: CheckParameters,
    form: str = FALLBACK.form,
    skipped: Iterable[SkippedFile] = (),
) -> Findings:
    """Judges an extract with its supplement.

    Args:
        con: gets temporary tables and views, nothing else.
        sources: logical file name ("users.csv", "supplement/contacts.csv") → anything DuckDB's read_csv opens.
        terms: limits, day and cut-off that the rules go by.
        form: format and version, as `termpost.tasks.formats.registry.detect` recognised them: "oneroster-csv/1.1".
        skipped: what lay beside the sources and is not one of them.

    Raises:
        InputError: `broken-check`, `bad-contract`, `contract-sql`. A fault of the extract is never raised.
    """
    of_format = format_named(form)
    suit_rows(con, _size(con, sources) // SHORT)
    raw = read_raw(con, sources, of_format, terms.own.over(load_contracts(form)))
    suit_rows(con, sum(raw.rows.values()))
    read_otherwise = clean_files(con, raw, of_format)
    columns = count_columns(con, raw)
    fill_datasets(con, of_format, terms.timezone)
    read_otherwise += clean_datasets(con, raw)
    sizes = sizes_of(con, raw.contracts)
    create_views(con, raw.contracts, sizes)
    begin_places(con)
    said = of_format.statement(con, raw.contracts, raw.present, sources.keys())
    problems = deltas.of_a_part(raw.problems) if said.changes else list(raw.problems)
    not_read = {file.name: file for file in (*raw.skipped, *skipped)}
    beside = sorted({file.name for file in skipped if file.why == "unknown"} - sources.keys())
    problems.extend(file_problem(name, "unknown-file", "warning") for name in beside)
    problems.extend((*said.problems, *read_otherwise))
    problems.extend(find_vanished(con, raw, sources, columns, terms.last, form, is_part=bool(said.changes)))
    problems.extend(deltas.judge_bulk_rows(con, said, raw.contracts, sources.keys()))
    fatal = any(problem.severity == "fatal" for problem in problems)
    holds: tuple[CheckHold, ...] = ()
    files = tuple(FileCount(name=f, rows=n, accepted=0, quarantined=n) for f, n in raw.rows.items())
    rejected: tuple[Rejected, ...] = ()
    counts = _summed(con, raw, problems)
    if not fatal:
        problems.extend(not_run(con, terms.own, raw, _filled(sizes)))
        problems.extend(judge_freshness(con, raw.contracts, _filled(sizes), terms))
        problems.extend(policy_problems(con, terms.policy, is_part=bool(said.changes)))
        holds = _judge(con, raw, sizes, terms, said)
        problems.extend(find_garbled(con, raw.contracts, _filled(sizes)))
        garbled = garbled_name_rows(con)
        note_holding_rows(con, garbled)
        holds = in_order((*holds, *(one.hold for one in garbled)))
        problems.extend(find_shared_mailboxes(con, _filled(sizes)))
        counts = _summed(con, raw, problems)
        for contract in _failing(con, raw):
            problems.extend(_problems(con, contract, {**RULES, **terms.own.said}))
        fatal = any(count.severity == "fatal" for count in counts)
    if not fatal:
        files, rejected = count_rows(con, raw), _rejected(con, raw)
        unprintable = find_unprintable(con, raw.contracts, _filled(sizes))
        problems.extend(unprintable.problems)
        counts, holds = (*counts, *unprintable.counts), (*holds, *unprintable.holds)
        note_unprintable_names(con, unprintable.held_at)
        note_records_holds(con, _filled(sizes))
    outcome: CheckOutcome = "rejected" if fatal else "accepted_with_holds" if holds else "accepted"
    return Findings(
        extract_id=extract_id,
        extract_format=of_format.name,
        extract_version=of_format.version,
        timezone=terms.timezone,
        outcome=outcome,
        files=files,
        problems=tuple(problems),
        counts=counts,
        rejected=rejected,
        holds=holds,
        held_students=tuple(sorted({hold.student for hold in holds})),
        skipped=tuple(not_read[name] for name in sorted(not_read)),
        columns=columns,
        hold_places=() if fatal else places_of(con, holds),
    )
