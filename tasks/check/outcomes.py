"""What every check found, kept in the history as counts: nothing of a row, and no name that a person gave a file."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Findings
from termpost.tasks.formats.registry import load_contracts
from termpost.tasks.lake.transaction import in_one_transaction

OTHER: Final = "other"  # a file that no contract describes: LisaSmith.csv may be its name
OutcomeRow = tuple[str, str | None, int, int, int, str | None, str | None, int]  # the columns from `file` on
LAST = """
SELECT known_at, outcome_code, file, contract_version, row_count, accepted_count, quarantined_count, rule_code,
  severity_code, problem_count
FROM lake.out_check WHERE extract_id = $extract_id
  AND known_at = (SELECT max(known_at) FROM lake.out_check WHERE extract_id = $extract_id)
"""


def outcome_rows(findings: Findings) -> list[OutcomeRow]:
    """One for each file and rule, of all files of one dataset together."""
    contracts = load_contracts(findings.form)
    rows, accepted, quarantined = Counter[str](), Counter[str](), Counter[str]()
    problems = Counter[tuple[str, str, str]]()
    versions = {contract.file: contract.version for contract in contracts}
    for one in findings.files:
        file = _called(one.name, contracts)
        rows[file] += one.rows
        accepted[file] += one.accepted
        quarantined[file] += one.quarantined
    for count in findings.counts:
        problems[_called(count.file, contracts), count.rule, count.severity] += count.count
    found: list[OutcomeRow] = [
        (file, versions.get(file), rows[file], accepted[file], quarantined[file], rule, severity, number)
        for (file, rule, severity), number in problems.items()
    ]
    clean = rows.keys() - {file for file, _, _ in problems}
    found += [
        (file, versions.get(file), rows[file], accepted[file], quarantined[file], None, None, 0) for file in clean
    ]
    return sorted(found, key=lambda row: (row[0], row[5] or "", row[6] or ""))


def _called(file: str, contracts: Iterable[Contract]) -> str:
    """As its contract calls it; a file that is missing is named so already."""
    known = (contract.file for contract in contracts if contract.describes(file) or contract.file == file)
    return next(known, OTHER)


@in_one_transaction
def keep_outcome(lake: duckdb.DuckDBPyConnection, findings: Findings, known_at: datetime) -> int:
    """Adds what the check found; nothing where the last one of the extract found the same. Gives the rows it added."""
    found = outcome_rows(findings)
    last = lake.execute(LAST, {"extract_id": findings.extract_id}).fetchall()
    there, now = set(last), {(known_at, findings.outcome, *row) for row in found}
    # a rehearsal may check several times at the one instant it was told
    if not found or {row[1:] for row in now} == {row[1:] for row in there} or now <= there:
        return 0
    columns = list(zip(*found, strict=True))
    lake.execute(
        "INSERT INTO lake.out_check SELECT $extract_id, $known_at, $format, $version, $outcome,"
        " unnest($c0::VARCHAR[]), unnest($c1::VARCHAR[]), unnest($c2::BIGINT[]), unnest($c3::BIGINT[]),"
        " unnest($c4::BIGINT[]), unnest($c5::VARCHAR[]), unnest($c6::VARCHAR[]), unnest($c7::BIGINT[])",
        {
            "extract_id": findings.extract_id, "known_at": known_at, "format": findings.extract_format,
            "version": findings.extract_version, "outcome": findings.outcome,
            **{f"c{place}": list(values) for place, values in enumerate(columns)},
        },
    )  # fmt: skip
    return len(found)
