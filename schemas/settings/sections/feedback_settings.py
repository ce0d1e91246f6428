"""`[feedback]` of `termpost.toml`: what comes back from families, and who answers it."""

from pydantic import Field, StrictBool, StrictInt
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.settings.sections.meeting_settings import MeetingSettings


class FeedbackSettings(FrozenModel):
    """Questions, acknowledgements and meetings."""

    staff_days: StrictInt = Field(5, ge=1, le=20)  # contract days in which staff answer (procedure, section 4.4)
    second_eyes: StrictBool = False  # an answer goes back once another person has approved it
    acknowledge: StrictBool = False  # families are asked to say that they have read a report
    meetings: MeetingSettings = MeetingSettings()
