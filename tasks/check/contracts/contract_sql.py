"""SQL in a contract: parsed, and only a single SELECT over datasets of the contracts is run.

A contract is not always written by the person whose credentials run it. The standard wants a query that counts; since
quarantine needs to know which rows, the count is exchanged for the row's number in the parsed tree.
"""

from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from termpost.schemas.base.errors import InputError
from termpost.tasks.check.contracts.check_parameters import PARAMETERS

PURE = frozenset(
    {"list_has_all", "nfc_normalize", "strip_accents"}
)  # functions that the parser does not know and that touch nothing but their argument


@dataclass(frozen=True)
class FailingRows:
    """A query that gives `row_number` of each row of the contract's dataset that breaks the rule."""

    sql: str
    tables: tuple[str, ...]
    condition: tuple[str, str] | None  # (view with its alias, condition), where one row at a time is looked at


def _refuse(dataset: str, what: str) -> InputError:
    return InputError(
        "contract-sql", what, f"contract of {dataset}", "write one SELECT COUNT(*) over datasets of the contracts"
    )


def _single_select(query: str, dataset: str) -> exp.Select:
    try:
        statements = [s for s in sqlglot.parse(query, read="duckdb") if s is not None]
    except SqlglotError:
        raise _refuse(dataset, "the SQL cannot be parsed") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise _refuse(dataset, "the SQL is not a single SELECT")
    return statements[0]


def _refuse_reach(tree: exp.Select, dataset: str, datasets: frozenset[str]) -> None:
    """Nothing but plain tables of the contracts, known functions and known parameters."""
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.args.get("db") or table.name not in datasets:
            raise _refuse(dataset, "the SQL reads something that is no dataset of the contracts")
    unknown = [call for call in tree.find_all(exp.Anonymous) if str(call.this).lower() not in PURE]
    if unknown or tree.find(exp.Into, exp.DML, exp.Command) is not None:
        raise _refuse(dataset, "the SQL uses something that is not allowed in a contract")
    if any(p.name not in PARAMETERS for p in tree.find_all(exp.Parameter, exp.Placeholder)):
        raise _refuse(dataset, "the SQL uses an unknown parameter")


@lru_cache(maxsize=512)  # parsing costs more than running on a small extract
def failing_rows(query: str, dataset: str, datasets: frozenset[str], *, accepted_only: bool = False) -> FailingRows:
    """Turns `SELECT COUNT(*) FROM dataset AS d …` into `SELECT DISTINCT d.row_number FROM live_dataset AS d …`.

    The dataset itself is read without rows that are already quarantined, the others as they came unless
    `accepted_only`.

    Raises:
        InputError: `contract-sql`, for anything but a single counting SELECT over datasets of the contracts.
    """
    tree = _single_select(query, dataset)
    _refuse_reach(tree, dataset, datasets)
    projections = tree.expressions
    if len(projections) != 1 or not isinstance(projections[0], exp.Count) or tree.args.get("group"):
        raise _refuse(dataset, "the SQL does not count rows")
    source = tree.args["from_"].this if tree.args.get("from_") else None
    if not isinstance(source, exp.Table) or source.name != dataset:
        raise _refuse(dataset, "the SQL does not count rows of its own dataset")
    tables = tuple(sorted({table.name for table in tree.find_all(exp.Table)}))
    alias = source.alias_or_name
    for table in list(tree.find_all(exp.Table)):
        named = table.alias_or_name
        table.set("this", exp.to_identifier(("live_" if table is source or accepted_only else "typed_") + table.name))
        table.set("alias", exp.TableAlias(this=exp.to_identifier(named)))
    tree.set("expressions", [exp.column("row_number", table=alias)])
    return FailingRows(tree.distinct().sql(dialect="duckdb"), tables, _condition(tree))


def _condition(tree: exp.Select) -> tuple[str, str] | None:
    parts = {name for name, value in tree.args.items() if value}
    where, source = tree.args.get("where"), tree.args["from_"].this
    if where is None or parts != {"expressions", "from_", "where"} or tree.find(exp.AggFunc, exp.Window, exp.Unnest):
        return None
    if len(list(tree.find_all(exp.Query))) > 1:
        return None
    return source.sql(dialect="duckdb"), where.this.sql(dialect="duckdb")
