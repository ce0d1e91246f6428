"""`[[retake]]` of `grading.toml`: which piece of work was another attempt at which."""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import model_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong

RetakeRule = Literal["latest", "better", "mean"]


class Retake(FrozenModel):
    """A piece and its retake by their ids, or all pieces whose title is that of another with an ending."""

    rule: RetakeRule  # which mark of the two counts; "mean": both, half and half
    original: str | None = None  # line items
    retake: str | None = None  # line item
    suffix: str | None = None  # " retake": "Unit 1 retake" retakes "Unit 1" of the same class

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.suffix is None and (self.original is None or self.retake is None):
            raise wrong("a retake names two pieces, or how their titles end", "give original and retake, or suffix")
        if self.suffix is not None and (self.original is not None or self.retake is not None):
            raise wrong("pieces are named by id or by the end of their title", "take suffix out", at=("suffix",))
        if self.suffix is not None and not self.suffix.strip():
            raise wrong("every title ends in nothing", 'give an ending, as " retake"', at=("suffix",))
        return self


def check_retakes(retakes: Iterable[Retake]) -> None:
    """Refuses pairs by id that contradict each other; they stand under the key `retake`."""
    originals: dict[str, str] = {}
    suffixes: set[str] = set()
    for position, one in enumerate(retakes):
        if one.suffix is not None:
            if one.suffix.casefold() in suffixes:
                raise wrong("this ending is named twice", "take one of them out", at=("retake", position, "suffix"))
            suffixes.add(one.suffix.casefold())
        if one.original is None or one.retake is None:
            continue
        if one.retake in originals:
            what = "this piece retakes two others"
            raise wrong(what, "name each retake once", at=("retake", position, "retake"))
        first = one.original
        while first in originals:
            first = originals[first]
        if first == one.retake:
            what = "the piece would be a retake of itself"
            raise wrong(what, "name the first attempt as original", at=("retake", position, "original"))
        originals[one.retake] = one.original
