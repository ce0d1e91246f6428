"""Contracts compiled to one engine-neutral list of checks: what to measure, on what, and how many rows may break it.

Which engine runs a check is no business of the contract: `rows/columns.py` (Great Expectations) takes those on one
column, `termpost.tasks.check.rows.relations` (DuckDB) those between rows and files.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.contract import Column, Contract, Quality
from termpost.schemas.contracts.rules import RULES
from termpost.schemas.documents.findings import Severity
from termpost.tasks.check.contracts.contract_sql import failing_rows

Metric = Literal[
    "missing_values", "pattern", "calendar_date", "valid_values", "between",  # of a column
    "duplicate_values", "missing_references", "wrong_references", "failing_rows",  # between rows
    "comment",  # of what people wrote
]  # fmt: skip
# what of a cell a column check looks at; so that one fault is one problem, "numeral" and "number" leave out what is no
# number
ColumnView = Literal["presence", "text", "day", "numeral", "number"]


@dataclass(frozen=True)
class CheckSpec:
    """`metric` counted over `dataset.column` must be `op threshold`, else the rule is broken by those rows."""

    dataset: str
    column: str | None  # name in termpost
    rule: str
    metric: Metric
    severity: Severity
    arguments: Mapping[str, Any] = field(default_factory=dict)
    view: ColumnView = "text"
    op: Literal["="] = "="
    threshold: int = 0


DATE = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"
CLOCK = r"(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
DATETIME = rf"\A[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{CLOCK}\Z"
DECIMAL = r"\A-?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)\Z"
EXACT = r"\A-?0*[0-9]{0,12}(?:[.][0-9]{0,6}0*)?\Z"  # what DECIMAL(18,6) keeps exactly
INTEGER = r"\A-?[0-9]{1,9}\Z"
BOOLEANS = ("false", "true")
COMMENT_CHECKS = frozenset(
    {"names-student", "repeated", "other-term", "pronouns"}
)  # termpost.tasks.check.rows.comments


def _of_type(dataset: str, column: Column) -> Iterator[CheckSpec]:
    """What the logical type of a column asks of its cells."""

    def spec(
        rule: str, metric: Metric, view: ColumnView = "text", severity: Severity = "error", **arguments: Any
    ) -> CheckSpec:
        return CheckSpec(dataset, column.name, rule, metric, severity, arguments, view)

    match column.logical_type:
        case "date":
            yield spec("type-date", "pattern", pattern=DATE)
            yield spec("type-date", "calendar_date", format="%Y-%m-%d")
        case "timestamp":
            yield spec("type-datetime", "pattern", pattern=DATETIME)
            yield spec("type-datetime", "calendar_date", "day", format="%Y-%m-%d")
        case "number":
            yield spec("type-decimal", "pattern", pattern=DECIMAL)
            yield spec("too-precise", "pattern", "numeral", pattern=EXACT)
        case "integer":
            yield spec("type-integer", "pattern", pattern=INTEGER)
        case "boolean":
            yield spec("type-boolean", "valid_values", values=BOOLEANS)
        case "string" | "array":
            pass
    limits = {"minimum": column.minimum, "maximum": column.maximum}
    if given := {end: limit for end, limit in limits.items() if limit is not None}:
        yield CheckSpec(dataset, column.name, "range", "between", "error", given, "number")


def _of_quality(dataset: str, column: Column, quality: Quality) -> Iterator[CheckSpec]:
    """A library rule on one column."""
    if quality.metric == "nullValues":
        yield CheckSpec(dataset, column.name, quality.rule, "missing_values", quality.severity, {}, "presence")
    elif "validValues" in quality.arguments:
        words = {"values": tuple(quality.arguments["validValues"])}
        yield CheckSpec(dataset, column.name, quality.rule, "valid_values", quality.severity, words)
    elif "pattern" in quality.arguments:
        arguments = {"pattern": quality.arguments["pattern"]}
        yield CheckSpec(dataset, column.name, quality.rule, "pattern", quality.severity, arguments)
    elif {"minimum", "maximum"} & quality.arguments.keys():
        yield CheckSpec(dataset, column.name, quality.rule, "between", quality.severity, quality.arguments, "number")
    else:
        raise InputError("bad-contract", "a quality rule that no check can run", f"{dataset}.{column.name}", "fix it")


def _of_relationships(dataset: str, column: Column, lists: frozenset[tuple[str, str]]) -> Iterator[CheckSpec]:
    for to in column.relationships:
        target = {"target": to.target, "key": to.target_column, "is_list": column.logical_type == "array"}
        yield CheckSpec(dataset, column.name, "reference", "missing_references", to.severity, target)
        if to.must_column is not None:
            of_list = (to.target, to.must_column) in lists
            must = {**target, "must_column": to.must_column, "must_values": to.must_values, "must_is_list": of_list}
            yield CheckSpec(dataset, column.name, "reference-role", "wrong_references", to.must_severity, must)


def _of_dataset(contract: Contract, quality: Quality, tables: frozenset[str]) -> CheckSpec:
    """A rule on the whole dataset: a composite key, or a query."""
    if quality.kind == "sql" and quality.query is not None:
        query = failing_rows(quality.query, contract.dataset, tables, accepted_only=quality.accepted_only)
        arguments = {"query": query.sql, "needs": query.tables, "condition": query.condition}
        return CheckSpec(contract.dataset, quality.column, quality.rule, "failing_rows", quality.severity, arguments)
    if quality.kind == "custom":
        of = CheckSpec(contract.dataset, quality.column, quality.rule, "comment", quality.severity, quality.arguments)
        if quality.severity != "warning" or quality.metric not in COMMENT_CHECKS:
            raise InputError(
                "bad-contract", "a comment rule that is no known check, or more than a warning", contract.dataset,
                "use a check of termpost.tasks.check.rows.comments",
            )  # fmt: skip
        return of
    if quality.metric != "duplicateValues":
        raise InputError("bad-contract", "a quality rule that no check can run", contract.dataset, "fix the contract")
    columns = tuple(quality.arguments["properties"])
    keys = {"columns": columns}
    return CheckSpec(contract.dataset, columns[0], quality.rule, "duplicate_values", quality.severity, keys)


def compile_specs(contracts: Iterable[Contract], codes: Collection[str] = frozenset(RULES)) -> tuple[CheckSpec, ...]:
    """All checks of all contracts.

    Args:
        codes: of the rules that are known.

    Raises:
        InputError: `bad-contract` on a rule without a code, `contract-sql` on SQL that is refused.
    """
    known = tuple(contracts)
    tables = frozenset(contract.dataset for contract in known)
    lists = frozenset((c.dataset, column.name) for c in known for column in c.kept if column.logical_type == "array")
    specs: list[CheckSpec] = []
    for contract in known:
        for column in contract.kept:
            # a cell that the format's shape takes from another file was judged there
            judged = column.in_file or contract.shaped
            if column.required:
                specs.append(
                    CheckSpec(contract.dataset, column.name, "required", "missing_values", "error", {}, "presence")
                )
            if judged:
                specs.extend(_of_type(contract.dataset, column))
                for quality in column.quality:
                    specs.extend(_of_quality(contract.dataset, column, quality))
            if column.unique:
                one = {"columns": (column.name,)}
                specs.append(CheckSpec(contract.dataset, column.name, "unique", "duplicate_values", "error", one))
            specs.extend(_of_relationships(contract.dataset, column, lists))
        specs.extend(_of_dataset(contract, quality, tables) for quality in contract.quality)
    for spec in specs:
        if spec.rule not in codes:
            raise InputError(
                "bad-contract", "a rule whose name is not a known code", spec.dataset, "use a code of docs/contracts.md"
            )
    return tuple(specs)
