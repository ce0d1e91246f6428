"""Long lists of cases of one kind: some of them in every run, all of them in a long one."""

from collections.abc import Sequence
from typing import Any

import pytest
from termpost.tasks.documents.wording import languages


def some_now(cases: Sequence[Any], every: int) -> list[Any]:
    """All cases in their order, of which `make soak` alone tries those that are not the first of `every`."""
    return [
        case if place % every == 0 else pytest.param(case, marks=pytest.mark.soak) for place, case in enumerate(cases)
    ]


def soaked(*cases: tuple[Any, ...]) -> list[Any]:
    """Rows of parameters that `make soak` alone tries."""
    return [pytest.param(*case, marks=pytest.mark.soak) for case in cases]


def some_languages() -> list[Any]:
    """All; in every run one that goes from right to left, and one other."""
    return [tag if tag in ("ar", "es") else pytest.param(tag, marks=pytest.mark.soak) for tag in languages()]
