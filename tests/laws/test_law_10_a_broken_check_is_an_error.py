"""Law 10: a check that breaks is an error, never a pass."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, patch

import duckdb
import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.check.contracts.specs import CheckSpec
from termpost.tasks.check.rows.gx_engine import GxCheck, GxEngine
from termpost.tasks.check.rows.relations import record
from termpost.tasks.check.tables import FAILURE

from tests.school import KYLE, Prepared

PASSED = {"element_count": 2, "unexpected_count": 0, "unexpected_index_list": []}
RAISED = {"raised_exception": True, "exception_message": "no"}


def verdict(*, success: bool = True, info: Any = None, **result: Any) -> SimpleNamespace:
    config = SimpleNamespace(meta={"number": 0})
    return SimpleNamespace(expectation_config=config, success=success, exception_info=info, result=PASSED | result)


def judged(*results: SimpleNamespace) -> list[list[int]]:
    """What is made of Great Expectations' answer, which is given here; two values were asked about."""
    batch = MagicMock()
    batch.validate.return_value = SimpleNamespace(results=list(results))
    batches = SimpleNamespace(get_batch=lambda **_: batch)
    question = GxCheck("missing_values", {}, "results: score")
    return GxEngine(MagicMock(), batches).failing_places([(question, ["77", "80"])])


def test_a_verdict_is_taken_as_it_is() -> None:
    assert judged(verdict()) == [[]]
    assert judged(verdict(success=False, unexpected_count=1, unexpected_index_list=[1])) == [[1]]


@pytest.mark.parametrize("results", [
    [], [verdict(info=RAISED)], [verdict(info={"column.count": RAISED})], [verdict(element_count=1)],
    [verdict(success=False)], [verdict(unexpected_count=1, unexpected_index_list=[0])],
    [verdict(success=False, unexpected_count=2, unexpected_index_list=[0])],
])  # fmt: skip
def test_no_verdict_is_no_pass(results: list[SimpleNamespace]) -> None:
    with pytest.raises(InputError) as caught:
        judged(*results)
    assert (caught.value.code, caught.value.where) == ("broken-check", "results: score")


def test_a_query_that_breaks_is_an_error() -> None:
    spec = CheckSpec("results", "score", "score-range", "failing_rows", "error")
    with duckdb.connect() as con:
        con.execute(FAILURE)
        con.execute("CREATE TEMP TABLE gone_results (row_number BIGINT)")
        rows = "SELECT 1 AS row_number, CAST(word AS INTEGER) > 0 AS cascaded FROM (SELECT 'Lisa Woods' AS word)"
        with pytest.raises(InputError) as caught:
            record(con, spec, rows, {})
    assert caught.value.code == "broken-check"
    assert "Lisa" not in str(caught.value)


def test_a_check_that_breaks_lets_nothing_through(school: Prepared) -> None:
    before = sorted(school.store.list(""))
    made = len(school.entries("report_made"))
    school.extract.change("results.csv", {"studentSourcedId": KYLE}, score="1")
    with (
        patch("termpost.tasks.check.contracts.specs.DATE", "(["),
        pytest.raises(InputError) as caught,
    ):  # no regex: it cannot be asked
        school.prepare(school.extract)
    assert caught.value.code == "broken-check"
    assert [entry.reason for entry in school.entries("refused")] == ["broken-check"]
    assert len(school.entries("report_made")) == made
    new = set(school.store.list("")) - set(before)
    assert {key.split("/")[0] for key in new} == {"landing", "log"}  # received, and no further
