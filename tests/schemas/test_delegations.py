"""Who stands in for whom: on their days, the last word counting, and no circle without end."""

from datetime import date

import pytest
from termpost.schemas.log.feedback.delegations import Delegation, stands_in


def said(*pairs: str, first: int = 1, last: int = 9) -> list[Delegation]:
    return [Delegation(pair[0], pair[1], date(2022, 1, first), date(2022, 1, last), "x") for pair in pairs]


@pytest.mark.parametrize(
    ("delegations", "day", "who"),
    [
        ([], 5, "a"),
        (said("ab"), 1, "b"),
        (said("ab"), 9, "b"),
        (said("ab"), 10, "a"),
        (said("ab", "ac"), 5, "c"),
        (said("ab", "bc"), 5, "c"),
        (said("ab", "ba"), 5, "b"),
        (said("ab", "bc", "ca"), 5, "c"),
        (said("bc"), 5, "a"),
    ],
)
def test_who_answers(delegations: list[Delegation], day: int, who: str) -> None:
    assert stands_in(delegations, "a", date(2022, 1, day)) == who
