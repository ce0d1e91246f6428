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

TODAY, CUTOFF = date(2026, 6, 1), date(2026, 5, 29)  # after the district's school year: the whole of it is due
MARKUP = (
    r"<[A-Za-z/!][^>]*>|&(#[0-9]+|#x[0-9A-Fa-f]+|[A-Za-z]{2,8});|[{][{]|[[][[]"
    r"|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FEFF}\x{FFFD}]"
)
# the rules on results.csv and on what hangs on it, as somebody would write them who needs no contract, no row numbers
# of one bad row beside another, no quarantine and no holds
PLAIN = f"""
WITH r AS MATERIALIZED (
  SELECT row_number() OVER () AS n, *, TRY_CAST(score AS DECIMAL(18,6)) AS points, TRY_CAST(scoreDate AS DATE) AS day
  FROM read_csv('FOLDER/results.csv', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')
), u AS MATERIALIZED (SELECT sourcedId, role FROM read_csv('FOLDER/users.csv', all_varchar = true, header = true)
), e AS MATERIALIZED (
  SELECT classSourcedId, userSourcedId, role, TRY_CAST(beginDate AS DATE) AS first, TRY_CAST(endDate AS DATE) AS last
  FROM read_csv('FOLDER/enrollments.csv', all_varchar = true, header = true)
), i AS MATERIALIZED (
  SELECT sourcedId, classSourcedId, TRY_CAST(resultValueMax AS DECIMAL(18,6)) AS possible,
    TRY_CAST(dueDate AS DATE) AS due FROM read_csv('FOLDER/lineItems.csv', all_varchar = true, header = true)
), cells AS (
  SELECT count_if(trim(coalesce(sourcedId, '')) = '') AS no_id, count_if(trim(coalesce(lineItemSourcedId, '')) = '')
      AS no_item, count_if(trim(coalesce(studentSourcedId, '')) = '') AS no_student,
    count_if(trim(coalesce(scoreStatus, '')) = '') AS no_status, count_if(trim(coalesce(scoreDate, '')) = '') AS no_date,
    count_if(lower(scoreStatus) NOT IN ('exempt', 'fully graded', 'not submitted', 'partially graded', 'submitted'))
      AS enum,
    count_if(scoreStatus <> lower(scoreStatus)) AS wrong_case, count_if(lower(status) NOT IN ('active', 'tobedeleted'))
      AS enum_status,
    count_if(NOT regexp_matches(score, '^-?([0-9]+([.][0-9]*)?|[.][0-9]+)$')) AS type_decimal,
    count_if(NOT regexp_matches(score, '^-?0*[0-9]{{0,12}}([.][0-9]{{0,6}}0*)?$')) AS too_precise,
    count_if(points < 0) AS range, count_if(scoreDate IS NOT NULL AND (day IS NULL OR length(scoreDate) <> 10)) AS dated,
    count_if(dateLastModified IS NOT NULL AND TRY_CAST(dateLastModified AS TIMESTAMP) IS NULL) AS instant,
    count_if(points IS NULL AND scoreStatus IN ('fully graded', 'partially graded')
      OR points IS NOT NULL AND scoreStatus = 'submitted') AS status_score,
    count_if(points IS NOT NULL AND scoreStatus = 'exempt') AS exempt_score,
    count_if(day > DATE '{TODAY}') AS future, count_if(length(comment) > 2000) AS long,
    count_if(regexp_matches(comment, '{MARKUP}')) AS markup FROM r
), one AS (SELECT count(*) AS n FROM (SELECT sourcedId FROM r GROUP BY 1 HAVING count(*) > 1)
), pair AS (SELECT count(*) AS n FROM (SELECT 1 FROM r GROUP BY lineItemSourcedId, studentSourcedId HAVING count(*) > 1)
), item AS (SELECT count(*) AS n FROM r ANTI JOIN i ON i.sourcedId = r.lineItemSourcedId
), person AS (SELECT count(*) AS n FROM r ANTI JOIN (SELECT * FROM u WHERE role = 'student') AS u
  ON u.sourcedId = r.studentSourcedId
), above AS (
  SELECT count_if(r.points > i.possible) AS n, count_if(r.points * 100 > i.possible * 200) AS m
  FROM r JOIN i ON i.sourcedId = r.lineItemSourcedId WHERE i.possible > 0
), stray AS (
  SELECT count(*) AS n FROM r JOIN i ON i.sourcedId = r.lineItemSourcedId
  ANTI JOIN e ON e.classSourcedId = i.classSourcedId AND e.userSourcedId = r.studentSourcedId
), spread AS (
  SELECT i.sourcedId, any_value(i.classSourcedId) AS class_id, any_value(i.possible) AS possible, count(points) AS marks,
    min(points) AS low, max(points) AS high, count_if(points > possible) AS above,
    avg(points * 100 / nullif(possible, 0)) AS mean FROM r JOIN i ON i.sourcedId = r.lineItemSourcedId GROUP BY 1
), odd AS (
  SELECT count_if(marks >= 8 AND low = high AND low <> possible) AS alike, count_if(marks >= 5 AND above * 2 > marks)
    AS mostly, count_if(abs(mean - middle) > 40) AS jumps
  FROM spread JOIN (SELECT class_id, median(mean) AS middle FROM spread WHERE marks >= 8 GROUP BY 1 HAVING count(*) >= 4)
  USING (class_id)
), empty AS (SELECT count(*) AS n FROM i ANTI JOIN r ON r.lineItemSourcedId = i.sourcedId WHERE due <= DATE '{CUTOFF}'
), asked AS (
  SELECT i.classSourcedId AS class_id, count(*) AS n FROM i JOIN e ON e.classSourcedId = i.classSourcedId
  WHERE e.role = 'student' AND due <= DATE '{CUTOFF}' AND (first IS NULL OR first <= due)
    AND (last IS NULL OR last > DATE '{CUTOFF}') GROUP BY 1
), given AS (
  SELECT i.classSourcedId AS class_id, count(*) AS n FROM r JOIN i ON i.sourcedId = r.lineItemSourcedId
  JOIN e ON e.classSourcedId = i.classSourcedId AND e.userSourcedId = r.studentSourcedId
  WHERE e.role = 'student' AND due <= DATE '{CUTOFF}' AND (first IS NULL OR first <= due)
    AND (last IS NULL OR last > DATE '{CUTOFF}') AND (points IS NOT NULL OR scoreStatus IN ('exempt', 'not submitted'))
  GROUP BY 1
), gaps AS (SELECT count_if((a.n - coalesce(g.n, 0)) * 5 > a.n) AS n FROM asked AS a LEFT JOIN given AS g USING (class_id)
)
SELECT * FROM cells, one, pair, item, person, above, stray, odd, empty, gaps
"""


def sources(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): str(path) for path in sorted(folder.rglob("*.csv"))}


def ours(folder: Path) -> float:
    """Every check of every file of the district, with quarantine and holds."""
    import duckdb  # noqa: PLC0415

    from tasks.check.against_contracts import hold_against_contracts  # noqa: PLC0415
    from tasks.check.judge import Judge  # noqa: PLC0415
    from tasks.check.terms import Terms  # noqa: PLC0415

    Judge.open()
    start = perf_counter()
    with duckdb.connect() as con:
        findings = hold_against_contracts(con, sources(folder), "bench", Terms(today=TODAY, cutoff=CUTOFF))
    if findings.outcome != "accepted":
        raise SystemExit("the district is not clean")
    return perf_counter() - start


def plain(folder: Path) -> float:
    """One plain DuckDB query with the rules on results.csv."""
    import duckdb  # noqa: PLC0415

    start = perf_counter()
    with duckdb.connect() as con:
        con.execute(PLAIN.replace("FOLDER", str(folder))).fetchall()
    return perf_counter() - start


def load_ours(folder: Path) -> float:
    """Accepted rows of results.csv, typed, as a table."""
    import duckdb  # noqa: PLC0415

    from tasks.check.accept import accept  # noqa: PLC0415

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
            con.execute(f"CREATE TABLE \"{name}\" AS FROM read_csv(?, {types} all_varchar = {not types})", [path])
    return perf_counter() - start


def great_expectations(folder: Path) -> float:
    """Rules on single columns and keys of results.csv, on pandas, as its documentation shows."""
    import great_expectations as gx  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from tasks.check.specs import DATE, DECIMAL  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batches = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
    of = gx.expectations
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

    from tasks.check.contract import load_contracts  # noqa: PLC0415

    contract = next(c for c in load_contracts() if c.dataset == "results")
    columns = [
        {"name": c.header, "logicalType": "string", "physicalType": "VARCHAR", "required": c.required,
         "unique": c.unique} for c in contract.columns
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
    "ours": ours, "plain": plain, "load-ours": load_ours, "load-plain": load_plain,
    "great-expectations": great_expectations, "datacontract": datacontract_cli,
}  # fmt: skip


def main(name: str, folder: Path) -> None:
    """Runs one yardstick and prints what it cost."""
    seconds = YARDSTICKS[name](folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # Linux counts in KiB
    print(json.dumps({"seconds": str(Decimal(repr(seconds))), "gigabytes": peak}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
