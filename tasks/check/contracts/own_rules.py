"""A home's own rules, held against the contracts before anything is read: whatever is wrong with them is an error.

A rule that is broken would find nothing, which reads like an extract without faults (law 10).
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.contracts.own_contract import WEIGHT, OwnContracts, OwnRule, RuleChange, severities_of
from termpost.schemas.contracts.own_contract_file import read_own_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.check.contracts.contract_sql import FailingRows, failing_rows
from termpost.tasks.check.tables import create_views
from termpost.tasks.formats.registry import FORMATS, load_contracts

# datasets of which every rule stays: they say who is who, who may have a report and what is forbidden (law 4)
OF_RIGHTS = frozenset({
    "supplement_contacts", "supplement_students", "users", "roles", "demographics", "enrollments", "orgs",
})  # fmt: skip
# rules that no home can loosen: they guard a restriction, or later steps and what a report says rest on them (law 14)
KEPT_RULES = frozenset({
    "comment-tells-address",
    "unique", "reference", "reference-role", "enum", "duplicate-result", "duplicate-student",
    "type-date", "type-datetime", "type-decimal", "type-integer", "type-boolean", "too-precise", "range",
    "status-score", "flag-status", "result-class", "min-above-max", "lowest-mark",
})  # fmt: skip
# columns that may go without a value, as the lake and every later step can
MAY_BE_BLANK = frozenset({
    ("academic_sessions", "school_year"), ("classes", "class_type"), ("courses", "org_sourced_id"),
    ("line_items", "result_value_min"), ("results", "score_date"),
})  # fmt: skip
ANY_DAY = date(2000, 1, 1)
NAMED = re.compile(r'(?:column|named)\s+"(\w+)"', re.IGNORECASE)


def own_contracts_of(home: Path, accepted: Collection[str] = ()) -> OwnContracts:
    """What the home's `contracts/` say, every rule of it held against the contracts of each format that knows it.

    Args:
        accepted: `[checks] accept`: the names of the changes that may loosen.

    Raises:
        InputError: `own-contract`, `own-sql`, `own-guarded`, `own-not-accepted`, each with file and line.
    """
    own = read_own_contracts(home)
    if not (own.rules or own.changes):
        return own
    formats = [load_contracts(one.form) for one in FORMATS]
    loosened = tuple(change.name for change in own.changes if _loosens(change, formats, accepted))
    return OwnContracts(tuple(_verified(rule, formats) for rule in own.rules), own.changes, loosened)


def _loosens(change: RuleChange, formats: Iterable[Iterable[Contract]], accepted: Collection[str]) -> bool:
    contracts = _of_dataset(change.dataset, change.where, formats)
    if change.column is not None:
        _refuse_unknown(change.column, contracts, change.where)
    found = [severity for one in contracts for severity in severities_of(one, change.column, change.rule)]
    if not found:
        remedy = "see docs/contracts.md for the rules of this dataset; some stand at a column"
        raise InputError("own-contract", f"the contract has no rule {change.rule} there", change.where, remedy)
    if all(WEIGHT[change.severity] >= WEIGHT[severity] for severity in found):
        return False
    if _is_kept(change, contracts):
        what = "no home can loosen this: it guards who may have a report, or what a report says rests on it"
        raise InputError("own-guarded", what, change.where, "take the change out")
    if change.name not in accepted:
        what = "this loosens the contract, and nobody has accepted that"
        remedy = f'put "{change.name}" into accept under [checks] of termpost.toml, and say why in accept_reason'
        raise InputError("own-not-accepted", what, change.where, remedy)
    return True


def _is_kept(change: RuleChange, contracts: Iterable[Contract]) -> bool:
    if change.dataset in OF_RIGHTS or change.rule in KEPT_RULES:
        return True
    columns = [c for one in contracts for c in one.columns if c.name == change.column]
    if any(column.critical for column in columns):
        return True
    is_asked = change.rule == "required" and any(column.required for column in columns)
    return is_asked and (change.dataset, change.column) not in MAY_BE_BLANK


def _of_dataset(dataset: str, where: str, formats: Iterable[Iterable[Contract]]) -> list[Contract]:
    found = [contract for contracts in formats for contract in contracts if contract.dataset == dataset]
    if not found:
        remedy = "name the file after a dataset of docs/contracts.md, as line_items.odcs.yaml"
        raise InputError("own-contract", "there is no such dataset", where, remedy)
    return found


def _refuse_unknown(column: str, contracts: Iterable[Contract], where: str) -> None:
    known = {one.name for contract in contracts for one in contract.kept}
    if column not in known:
        remedy = f"known here: {', '.join(sorted(known))}"
        raise InputError("own-contract", "the dataset has no such column", where, remedy)


def _verified(rule: OwnRule, formats: list[tuple[Contract, ...]]) -> OwnRule:
    contracts = _of_dataset(rule.dataset, rule.where, formats)
    properties = rule.quality.arguments.get("properties", ())
    for column in (rule.column, rule.quality.column, *properties):
        if column is not None:
            _refuse_unknown(column, contracts, rule.where)
    if rule.quality.rule == "own-range" and not any(
        column.logical_type in {"number", "integer"}
        for one in contracts for column in one.columns if column.name == rule.column
    ):  # fmt: skip
        raise InputError("own-contract", "only a number has a range", rule.where, "use a pattern or values")
    return rule if rule.quality.query is None else _verified_query(rule, rule.quality.query, formats)


def _verified_query(rule: OwnRule, query: str, formats: list[tuple[Contract, ...]]) -> OwnRule:
    """Planned over empty tables of each format that has all it reads: so a column that is not there shows now."""
    every = frozenset(contract.dataset for contracts in formats for contract in contracts)
    try:
        asked = failing_rows(query, rule.dataset, every, accepted_only=rule.quality.accepted_only)
    except InputError as error:
        raise InputError("own-sql", error.what, rule.where, error.remedy) from None
    tables = asked.tables
    able = [contracts for contracts in formats if {contract.dataset for contract in contracts}.issuperset(tables)]
    if not able:
        what = "no format has all the datasets that the SQL reads"
        raise InputError("own-sql", what, rule.where, "read datasets of one format, see docs/contracts.md")
    for contracts in able:
        _plan(asked, rule, contracts)
    return replace(rule, tables=tables)


def _plan(asked: FailingRows, rule: OwnRule, contracts: Iterable[Contract]) -> None:
    known = [contract for contract in contracts if contract.dataset in asked.tables]
    values = CheckParameters(today=ANY_DAY, cutoff=ANY_DAY, better={}).bound(asked.sql)
    with duckdb.connect() as con:
        for contract in known:
            cells = ", ".join(f'"{column.name}" VARCHAR' for column in contract.kept)
            con.execute(f"CREATE TEMP TABLE raw_{contract.dataset} (row_number BIGINT, {cells})")
        create_views(con, known, dict.fromkeys(asked.tables, 0))
        try:
            con.execute(f"EXPLAIN {asked.sql}", values)
        except duckdb.Error as error:
            # identifiers of the message alone: the rest repeats the query, and with it what somebody wrote there
            named = NAMED.search(str(error))
            what = "the SQL cannot be run" + (f", because of {named[1]}" if named else "")
            remedy = "use the columns of docs/contracts.md, and CAST where types differ"
            raise InputError("own-sql", what, rule.where, remedy) from None
