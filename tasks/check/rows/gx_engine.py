"""Great Expectations as the judge of values: asked a question about a list of them, it answers with places alone.

No cell value leaves its results, and an expectation that broke is our error, never a verdict on the data (law 10).
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from termpost.schemas.base.errors import InputError
from termpost.tasks.check.contracts.specs import Metric

METRICS: frozenset[Metric] = frozenset({"missing_values", "pattern", "calendar_date", "valid_values", "between"})
# COMPLETE, for the places; without values, rows or samples of them
RESULT_FORMAT: dict[str, object] = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "include_unexpected_rows": False,
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}


@dataclass(frozen=True)
class GxCheck:
    """One metric with its arguments; `where` names the checks that ask it."""

    metric: Metric
    arguments: Mapping[str, Any]
    where: str


def broken(where: str) -> InputError:
    """A check that could not be run."""
    return InputError(
        "broken-check", "a check broke, so nothing is known of the data", where, "fix the check or contract"
    )


def may_fail(question: GxCheck, values: Iterable[object]) -> bool:
    """Whether any of the values could fail, by a look that takes microseconds where the judge takes seconds to import.

    It only spares the judge what cannot fail: whatever is flagged here, Great Expectations decides. Each test is the
    one that its expectation makes on pandas.

    Raises:
        InputError: `broken-check`, where the question itself cannot be put.
    """
    if question.metric == "missing_values":
        return any(value is None for value in values)
    try:
        passes = _test(question)
        return not all(passes(value) for value in values if value is not None)
    except (re.error, TypeError, ArithmeticError):
        raise broken(question.where) from None  # a message of these may repeat the value


def _test(question: GxCheck) -> Callable[[Any], object]:
    given = question.arguments
    match question.metric:
        case "pattern":
            return re.compile(given["pattern"]).search
        case "calendar_date":
            return lambda value: _is_date(value, given["format"])
        case "valid_values":
            return frozenset(given["values"]).__contains__
        case "between":
            lowest, highest = _limits(given)
            return lambda value: (lowest is None or value >= lowest) and (highest is None or value <= highest)
        case _:
            raise broken(question.where)


def _limits(given: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and the highest number that a column takes; None: no limit."""
    lowest, highest = given.get("minimum"), given.get("maximum")
    return None if lowest is None else Decimal(lowest), None if highest is None else Decimal(highest)


def _is_date(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - a day has no zone, and only its shape is asked for
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class GxEngine:
    """Great Expectations, imported late (it takes seconds) and silent: no analytics, no progress bars, no files."""

    gx: Any
    batches: Any

    @classmethod
    def open(cls) -> "GxEngine":
        os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read once, at import
        import great_expectations as gx  # noqa: PLC0415
        from great_expectations.data_context.types import base  # noqa: PLC0415

        config = base.DataContextConfig(
            store_backend_defaults=base.InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=base.ProgressBarsConfig(globally=False, metric_calculations=False),
            analytics_enabled=False,
        )
        context = gx.get_context(mode="ephemeral", project_config=config)
        asset = context.data_sources.add_pandas("extract").add_dataframe_asset("columns")
        return cls(gx, asset.add_batch_definition_whole_dataframe("all"))

    def expectation(self, question: GxCheck, column: str) -> Any:
        """The expectation that decides it."""
        of, given = self.gx.expectations, question.arguments
        match question.metric:
            case "missing_values":
                return of.ExpectColumnValuesToNotBeNull(column=column)
            case "pattern":
                return of.ExpectColumnValuesToMatchRegex(column=column, regex=given["pattern"])
            case "calendar_date":
                return of.ExpectColumnValuesToMatchStrftimeFormat(column=column, strftime_format=given["format"])
            case "valid_values":
                return of.ExpectColumnValuesToBeInSet(column=column, value_set=list(given["values"]))
            case "between":
                lowest, highest = _limits(given)
                return of.ExpectColumnValuesToBeBetween(column=column, min_value=lowest, max_value=highest)
            case _:
                raise broken(question.where)

    def failing_places(self, asked: Sequence[tuple[GxCheck, Sequence[object]]]) -> list[list[int]]:
        """For each question the 0-based places of the values that fail it.

        None among the values fails `missing_values` and passes everything else.

        Raises:
            InputError: `broken-check`, when an expectation did not come to a verdict.
        """
        import pandas as pd  # noqa: PLC0415

        size = max((len(values) for _, values in asked), default=0)
        frame: dict[str, list[object]] = {}
        suite = self.gx.ExpectationSuite(name="columns")
        for number, (question, values) in enumerate(asked):
            # shorter columns are filled with what passes
            filler = "given" if question.metric == "missing_values" else None
            frame[f"c{number}"] = [*values, *[filler] * (size - len(values))]
            expectation = self.expectation(question, f"c{number}")
            expectation.meta = {"number": number}
            suite.add_expectation(expectation)
        batch = self.batches.get_batch(batch_parameters={"dataframe": pd.DataFrame(frame, dtype=object)})
        results = batch.validate(suite, result_format=RESULT_FORMAT).results
        found = {result.expectation_config.meta["number"]: result for result in results}
        return [_places(found.get(number), question, size) for number, (question, _) in enumerate(asked)]


def _raised(info: Mapping[str, Any]) -> bool:
    """Whether anything was raised; the info is flat, or one for each metric."""
    return bool(info.get("raised_exception")) or any(isinstance(item, dict) and _raised(item) for item in info.values())


def _places(result: Any, question: GxCheck, size: int) -> list[int]:
    if result is None or _raised(result.exception_info or {}) or result.result.get("element_count") != size:
        raise broken(question.where)
    places = [int(place) for place in result.result.get("unexpected_index_list") or ()]
    if bool(places) == bool(result.success) or len(places) != result.result["unexpected_count"]:
        raise broken(question.where)
    return places
