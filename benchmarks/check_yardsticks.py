"""What the check is held against, each in a process of its own: `python -m benchmarks.check_yardsticks NAME FOLDER`.

Prints seconds and peak memory as JSON. Imports are not counted: they are the same for any number of rows.
"""

import json
import resource
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

TODAY, CUTOFF = date(2026, 6, 1), date(2026, 5, 29)  # after the district's school year: the whole of it is due
MARKUP = (
    r"<[A-Za-z/!][^>]*>|&(#[0-9]+|#x[0-9A-Fa-f]+|[A-Za-z]{2,8});|[{][{]|[[][[]"
    r"|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FEFF}\x{FFFD}]"
)
PLAIN = Path(__file__).with_name("check_plain.sql")


def sources(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): str(path) for path in sorted(folder.rglob("*.csv"))}


def ours(folder: Path) -> float:
    """Every check of every file of the district, with quarantine and holds."""
    import duckdb  # noqa: PLC0415
    from termpost.tasks.check.against_contracts import hold_against_contracts  # noqa: PLC0415
    from termpost.tasks.check.contracts.check_parameters import CheckParameters  # noqa: PLC0415
    from termpost.tasks.check.rows.gx_engine import GxEngine  # noqa: PLC0415

    GxEngine.open()
    start = perf_counter()
    with duckdb.connect() as con:
        findings = hold_against_contracts(con, sources(folder), "bench", CheckParameters(today=TODAY, cutoff=CUTOFF))
    if findings.outcome != "accepted":
        raise SystemExit("the district is not clean")
    return perf_counter() - start


def plain(folder: Path) -> float:
    """One plain DuckDB query with the rules on results.csv."""
    import duckdb  # noqa: PLC0415

    query = PLAIN.read_text(encoding="utf-8")
    for name, value in (("FOLDER", folder), ("TODAY", TODAY), ("CUTOFF", CUTOFF), ("MARKUP", MARKUP)):
        query = query.replace(name, str(value))
    start = perf_counter()
    with duckdb.connect() as con:
        con.execute(query).fetchall()
    return perf_counter() - start


def read_ours(folder: Path) -> float:
    """The extract opened, recognised, read through and named by its content, as before it is copied to landing."""
    from termpost.tasks.extract.land import fingerprint  # noqa: PLC0415
    from termpost.tasks.extract.source import open_source  # noqa: PLC0415

    start = perf_counter()
    fingerprint(open_source(str(folder)))
    return perf_counter() - start


def load_ours(folder: Path) -> float:
    """Accepted rows of results.csv, typed, as a table."""
    import duckdb  # noqa: PLC0415
    from termpost.tasks.check.accept import accept  # noqa: PLC0415

    start = perf_counter()
    with duckdb.connect() as con:
        accept(con, sources(folder), [])
        con.execute("CREATE TABLE loaded AS SELECT * FROM accepted_results")
    return perf_counter() - start


def load_plain(folder: Path) -> float:
    """DuckDB's own loading of the same files, results.csv typed as a table."""
    import duckdb  # noqa: PLC0415

    start = perf_counter()
    with duckdb.connect() as con:
        for name, path in sources(folder).items():
            types = "types = {'score': 'DECIMAL(18,6)', 'scoreDate': 'DATE'}," if name == "results.csv" else ""
            con.execute(f'CREATE TABLE "{name}" AS FROM read_csv(?, {types} all_varchar = {not types})', [path])
    return perf_counter() - start


def great_expectations(folder: Path) -> float:
    """Rules on single columns and keys of results.csv, on pandas, as its documentation shows."""
    import great_expectations as gx  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    from termpost.tasks.check.contracts.specs import DATE, DECIMAL  # noqa: PLC0415

    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batches = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
    of: Any = gx.expectations
    needed = ["sourcedId", "lineItemSourcedId", "studentSourcedId", "scoreStatus", "scoreDate"]
    states = ["exempt", "fully graded", "not submitted", "partially graded", "submitted"]
    suite = gx.ExpectationSuite(name="s", expectations=[
        *(of.ExpectColumnValuesToNotBeNull(column=name) for name in needed),
        of.ExpectColumnValuesToBeInSet(column="scoreStatus", value_set=states),
        of.ExpectColumnValuesToMatchRegex(column="score", regex=DECIMAL),
        of.ExpectColumnValuesToMatchRegex(column="scoreDate", regex=DATE),
        of.ExpectColumnValuesToBeUnique(column="sourcedId"),
        of.ExpectCompoundColumnsToBeUnique(column_list=["lineItemSourcedId", "studentSourcedId"]),
    ])  # fmt: skip
    start = perf_counter()
    frame = pd.read_csv(folder / "results.csv", dtype=str)
    result = batches.get_batch(batch_parameters={"dataframe": frame}).validate(suite, result_format="BOOLEAN_ONLY")
    if not result.success:
        raise SystemExit("Great Expectations finds the district unclean")
    return perf_counter() - start


def datacontract_cli(folder: Path) -> float:
    """`datacontract test` of results.csv: types, required cells, the key and the vocabulary of the status."""
    import yaml  # noqa: PLC0415
    from datacontract.data_contract import DataContract  # noqa: PLC0415
    from termpost.tasks.formats.registry import load_contracts  # noqa: PLC0415

    contract = next(c for c in load_contracts() if c.dataset == "results")
    columns = [
        {"name": c.header, "logicalType": "string", "physicalType": "VARCHAR", "required": c.required,
         "unique": c.unique} for c in contract.in_file
    ]  # fmt: skip
    node = {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": "bench", "name": "bench", "version": "1.0.0",
        "status": "active", "schema": [{"name": "results", "logicalType": "object", "properties": columns}],
        "servers": [{"server": "local", "type": "local", "path": str(folder / "results.csv"), "format": "csv"}],
    }  # fmt: skip
    start = perf_counter()
    run = DataContract(data_contract_str=yaml.safe_dump(node)).test()
    if str(run.result.value if hasattr(run.result, "value") else run.result) != "passed":
        raise SystemExit("datacontract test finds the district unclean")
    return perf_counter() - start


YARDSTICKS: dict[str, Callable[[Path], float]] = {
    "ours": ours, "plain": plain, "read-ours": read_ours, "load-ours": load_ours,
    "load-plain": load_plain,
    "great-expectations": great_expectations, "datacontract": datacontract_cli,
}  # fmt: skip


def main(name: str, folder: Path) -> None:
    """Runs one yardstick and prints what it cost."""
    seconds = YARDSTICKS[name](folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # Linux counts in KiB
    print(json.dumps({"seconds": str(Decimal(repr(seconds))), "gigabytes": peak}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
