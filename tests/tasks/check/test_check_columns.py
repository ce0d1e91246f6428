"""Great Expectations decides, says nothing of the data, and a check that breaks is never a pass (law 10)."""

import os
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.check.contracts.specs import DATE, DECIMAL
from termpost.tasks.check.rows import gx_engine as judge_module
from termpost.tasks.check.rows.gx_engine import GxCheck, GxEngine, may_fail


@pytest.fixture(scope="module")
def judge() -> GxEngine:
    return GxEngine.open()


WORDS = [
    "a",
    "b",
    "",
    " ",
    "ab\n",
    "é",
    "2024-02-29",
    "2023-02-29",
    "2024-2-9",
    "2024-02-29 ",
    "1",
    "-0.5",
    "nan",
    "None",
]
QUESTIONS = [
    (GxCheck("missing_values", {}, "x"), ["given", None]),
    (GxCheck("pattern", {"pattern": "^a"}, "x"), WORDS),
    (GxCheck("pattern", {"pattern": DATE}, "x"), WORDS),
    (GxCheck("pattern", {"pattern": DECIMAL}, "x"), WORDS),
    (GxCheck("calendar_date", {"format": "%Y-%m-%d"}, "x"), WORDS),
    (GxCheck("valid_values", {"values": ("a", "é", "1")}, "x"), WORDS),
    (GxCheck("between", {"minimum": "0"}, "x"), [Decimal("-0.000001"), Decimal(0), Decimal("-0"), Decimal(7)]),
]


@pytest.mark.parametrize(("question", "values"), QUESTIONS)
def test_what_the_judge_is_spared_is_what_it_would_have_passed(
    question: GxCheck, values: list[object], judge: GxEngine
) -> None:
    (failing,) = judge.failing_places([(question, values)])

    assert failing, "a question that fails nothing proves nothing"
    assert [place for place, value in enumerate(values) if may_fail(question, [value])] == failing


def test_a_question_that_cannot_be_put_is_an_error_before_the_judge_is_asked() -> None:
    for question in (GxCheck("pattern", {"pattern": "(["}, "x"), GxCheck("between", {"minimum": "0"}, "x")):
        with pytest.raises(InputError) as caught:
            may_fail(question, ["secret-value"])
        assert caught.value.code == "broken-check"
        assert "secret-value" not in str(caught.value)


def test_an_extract_without_a_fault_in_a_column_does_without_great_expectations(bundle: Any, monkeypatch: Any) -> None:
    opened: list[GxEngine] = []
    real = GxEngine.open

    def opening() -> GxEngine:
        opened.append(real())
        return opened[0]

    monkeypatch.setattr(GxEngine, "open", opening)
    bundle.check()
    assert not opened
    bundle.put("users.csv", 1, "dateLastModified", "yesterday")
    assert "type-datetime" in {problem.rule for problem in bundle.check().problems}
    assert len(opened) == 1


def pattern(regex: str) -> GxCheck:
    return GxCheck("pattern", {"pattern": regex}, "users.email")


def test_the_places_of_what_fails_are_given(judge: GxEngine) -> None:
    asked: list[tuple[GxCheck, Sequence[object]]] = [
        (pattern("^a"), ["a", None, "b", "ab", "ba"]),
        (GxCheck("missing_values", {}, "x"), ["given", None]),
        (GxCheck("valid_values", {"values": ("x",)}, "x"), ["x", "y"]),
        (GxCheck("calendar_date", {"format": "%Y-%m-%d"}, "x"), ["2024-02-29", "2023-02-29"]),
    ]
    assert judge.failing_places(asked) == [[2, 4], [1], [1], [1]]


@pytest.mark.parametrize(
    "question",
    [pattern("(["), GxCheck("between", {"minimum": "0"}, "x")],
    ids=["a regex that cannot be compiled", "a comparison that cannot be made"],
)
def test_an_expectation_that_breaks_is_an_error_and_neither_a_pass_nor_bad_data(
    question: GxCheck, judge: GxEngine
) -> None:
    with pytest.raises(InputError) as caught:
        judge.failing_places([(question, ["secret-value", "other"])])
    assert caught.value.code == "broken-check"
    assert "secret-value" not in str(caught.value)


def test_an_answer_that_is_missing_is_an_error(judge: GxEngine, monkeypatch: Any) -> None:
    monkeypatch.setitem(judge_module.RESULT_FORMAT, "result_format", "BOOLEAN_ONLY")
    with pytest.raises(InputError, match="a check broke"):
        judge.failing_places([(pattern("^a"), ["b"])])


def test_a_broken_rule_stops_the_whole_check(bundle: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("termpost.tasks.check.contracts.specs.DATE", "([")
    with pytest.raises(InputError) as caught:
        bundle.check()
    assert caught.value.code == "broken-check"


def test_a_broken_query_stops_the_whole_check_and_repeats_no_value(bundle: Any, monkeypatch: Any) -> None:
    bundle.put("results.csv", 1, "comment", "Lisa cried")
    real = __import__("termpost.tasks.check.contracts.specs", fromlist=["failing_rows"]).failing_rows

    def cast(query: str, dataset: str, tables: frozenset[str], **reads: bool) -> Any:
        broken = "SELECT COUNT(*) FROM results AS r WHERE CAST(r.comment AS INTEGER) > 0"
        return real(broken if dataset == "results" else query, dataset, tables, **reads)

    monkeypatch.setattr("termpost.tasks.check.contracts.specs.failing_rows", cast)
    with pytest.raises(InputError) as caught:
        bundle.check()
    assert caught.value.code == "broken-check"
    assert caught.value.__cause__ is None
    assert "Lisa" not in str(caught.value)


def test_results_carry_no_cell_value(judge: GxEngine, monkeypatch: Any) -> None:
    seen: list[Any] = []
    real = judge_module._places

    def seeing(result: Any, question: GxCheck, size: int) -> list[int]:
        seen.append(result.to_json_dict())
        return real(result, question, size)

    monkeypatch.setattr(judge_module, "_places", seeing)
    judge.failing_places([(pattern("^a"), ["Lisa Woods", "anna"])])
    assert seen[0]["success"] is False
    assert "Lisa" not in str(seen[0]["result"])
    assert "anna" not in str(seen[0])


@pytest.mark.soak
def test_great_expectations_is_imported_late_and_leaves_nothing_behind(tmp_path: Any) -> None:
    script = (
        "import sys, termpost.tasks.check.against_contracts as a\n"
        "assert 'great_expectations' not in sys.modules and 'pandas' not in sys.modules\n"
        "from termpost.tasks.check.rows.gx_engine import GxEngine; GxEngine.open()\n"
        "import os; assert os.environ['GX_ANALYTICS_ENABLED'] == 'false'\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert list(tmp_path.iterdir()) == []
