"""The line that a school calls "on track at", from what its settings say."""

import re
from collections.abc import Sequence
from decimal import Decimal

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import ScaleStep

PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%")


def on_track_line(said: str | None, scale: Sequence[ScaleStep]) -> ScaleStep | None:
    """`[report] on_track_at`: a letter of the scale, or a percentage, which has the letter that begins there, if any.

    Raises:
        InputError: `bad-setting`: it is neither.
    """
    if said is None:
        return None
    found = next((step for step in scale if step.letter == said), None)
    if found is not None:
        return found
    percent = PERCENT.fullmatch(said.strip())
    if percent is None:
        letters = ", ".join(step.letter for step in scale) or "it has none"
        raise InputError(
            "bad-setting", f"on_track_at is neither a percentage nor a letter of the scale ({letters})",
            "termpost.toml [report] on_track_at", 'write a letter of the scale, or a percentage such as "70%"',
        )  # fmt: skip
    lower = Decimal(percent[1])
    return next((step for step in scale if step.lower == lower), ScaleStep(letter="", lower=lower))
