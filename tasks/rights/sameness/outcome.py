"""What comparing two values of a record may say; everything that is neither sure nor ruled out is a question."""

from collections.abc import Iterable
from enum import StrEnum


class Outcome(StrEnum):
    """Whether two spellings are of one thing."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"

    @property
    def may_be_same(self) -> bool:
        return self is not Outcome.DIFFERENT


def weakest(outcomes: Iterable[Outcome]) -> Outcome:
    """Of the parts of one thing: different where one part is, same only where all are."""
    found = set(outcomes)
    if Outcome.DIFFERENT in found:
        return Outcome.DIFFERENT
    return Outcome.ASK if Outcome.ASK in found else Outcome.SAME


def strongest(outcomes: Iterable[Outcome]) -> Outcome:
    """Of several things on either side: same where one pair is, different only where all are."""
    found = set(outcomes)
    if Outcome.SAME in found:
        return Outcome.SAME
    return Outcome.ASK if Outcome.ASK in found else Outcome.DIFFERENT
