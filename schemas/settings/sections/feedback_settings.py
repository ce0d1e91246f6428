"""`[feedback]` of `termpost.toml`: what comes back from families, and who answers it."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StringConstraints, field_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.documents.report import PolicyLink
from termpost.schemas.settings.sections.meeting_settings import MeetingSettings

MailDay = Annotated[StrictInt, Field(ge=0, le=20)]
HearingWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]


class MailDays(FrozenModel):
    """Office days that something takes to a family by each channel, before their days to ask begin."""

    portal: MailDay = 0
    email: MailDay = 0
    print: MailDay = 3
    meeting: MailDay = 0

    def of(self, channel: str) -> int:
        """None by a channel that reaches nobody, such as an export."""
        days: int = getattr(self, channel) if channel in type(self).model_fields else 0
        return days


class FeedbackSettings(FrozenModel):
    """Questions, acknowledgements and meetings."""

    staff_days: StrictInt = Field(5, ge=1, le=20)  # contract days in which staff answer (procedure, section 4.4)
    mail_days: MailDays = MailDays()
    second_eyes: StrictBool = False  # an answer goes back once another person has approved it
    acknowledge: StrictBool = False  # families are asked to say that they have read a report
    appeal_policy: PolicyLink | None = None  # by which somebody disagrees with a grade
    # language → how one asks for a hearing, in place of termpost's own words
    hearing: dict[str, HearingWords] = Field(default_factory=dict)
    meetings: MeetingSettings = MeetingSettings()

    @field_validator("appeal_policy")
    @classmethod
    def _web_link(cls, policy: PolicyLink | None) -> PolicyLink | None:
        if policy is not None and not policy.url.startswith(("https://", "http://")):
            raise wrong("the policy's link is no web address", "start it with https://", at=("url",))
        return policy
