"""What comparing two values of a record may say; everything that is neither sure nor ruled out is a question."""

from collections.abc import Iterable
from enum import StrEnum


class Sameness(StrEnum):
    """Whether two spellings are of one thing."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"

    @property
    def may_be_same(self) -> bool:
        return self is not Sameness.DIFFERENT


def weakest(outcomes: Iterable[Sameness]) -> Sameness:
    """Of the parts of one thing: different where one part is, same only where all are."""
    found = set(outcomes)
    if Sameness.DIFFERENT in found:
        return Sameness.DIFFERENT
    return Sameness.ASK if Sameness.ASK in found else Sameness.SAME


def strongest(outcomes: Iterable[Sameness]) -> Sameness:
    """Of several things on either side: same where one pair is, different only where all are."""
    found = set(outcomes)
    if Sameness.SAME in found:
        return Sameness.SAME
    return Sameness.ASK if Sameness.ASK in found else Sameness.DIFFERENT
