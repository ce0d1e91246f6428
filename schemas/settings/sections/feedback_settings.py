"""`[feedback]` of `termpost.toml`: what comes back from families, and who answers it."""

from typing import Literal

from pydantic import Field, StrictBool, StrictInt
from termpost.schemas.base.frozen import FrozenModel

# why somebody has the report, by the rule that allowed it (tasks/rights/rules.py)
ExemptRule = Literal["parent", "legal-guardian", "agency-agreement", "own-record", "own-copy"]


class FeedbackSettings(FrozenModel):
    """Questions, acknowledgements and meetings."""

    staff_days: StrictInt = Field(5, ge=1, le=20)  # contract days in which staff answer (procedure, section 4.4)
    second_eyes: StrictBool = False  # an answer goes back once another person has approved it
    acknowledge: StrictBool = False  # families are asked to say that they have read a report
    acknowledge_exempt: tuple[ExemptRule, ...] = ("agency-agreement", "own-copy")  # whom nobody asks or reminds
    acknowledge_days: StrictInt = Field(5, ge=1, le=60)  # days after which who has not acknowledged is reminded
    messages_per_day: StrictInt = Field(20, ge=1, le=200)  # of one person that are taken in a day; the rest waits
