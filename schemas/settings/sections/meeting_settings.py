"""`[feedback.meetings]` of `termpost.toml`: how times to meet a family are cut."""

from pydantic import Field, StrictInt
from termpost.schemas.base.frozen import FrozenModel


class MeetingSettings(FrozenModel):
    """Times that are offered to families."""

    minutes: StrictInt = Field(15, ge=5, le=180)  # how long a meeting lasts
    buffer: StrictInt = Field(5, ge=0, le=120)  # minutes between two meetings of the same person
    ahead_days: StrictInt = Field(1, ge=0, le=30)  # the first time that is offered lies so many days ahead
    within_days: StrictInt = Field(28, ge=1, le=120)  # and the last one so many
