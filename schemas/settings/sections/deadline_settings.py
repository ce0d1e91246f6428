"""`[deadlines]` of `termpost.toml`: what counts as late beside the calendar, and who hears of it."""

from typing import Literal

from pydantic import Field, StrictInt
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.secure_url import SecureUrl


class DeadlineSettings(FrozenModel):
    """Of the daily watch (docs/deadlines.md)."""

    to: str = Field("", pattern=r"^[^@\s<>]+@[^@\s<>]+$|^$")  # who hears; else head, registrar, office
    # the address of an outside monitor that is asked for after each run; whoever knows it can speak for the watch
    ping_url: SecureUrl | None = Field(None, repr=False)
    # who must have a comment before reports go out: each student, each course of a report, or nobody
    comments: Literal["student", "course", "none"] = "student"
    unopened_days: StrictInt = Field(10, ge=1, le=120)  # days after which a page that nobody opened is listed
    post_days: StrictInt = Field(2, ge=0, le=20)  # office days in which envelopes are posted or handed over
    ahead_days: StrictInt = Field(30, ge=0, le=120)  # rights that begin or end within so many days are listed
    backup_days: StrictInt = Field(30, ge=1, le=366)  # days after which a backup of the keys is too old
    head_days: StrictInt = Field(31, ge=1, le=366)  # days after which the head of the log is to be published anew
