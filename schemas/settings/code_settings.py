"""`[codes]` of `termpost.toml`: how families get the code that opens their reports."""

from pydantic import Field, field_validator
from termpost.schemas.base.code_way import CodeWay
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong

CALL_BACK_DAYS = 30  # a number that was put on file later is nobody's proof


class CodeSettings(FrozenModel):
    """Never in an envelope that holds reports, nor beside a link to them: whoever opens that would have both."""

    by: tuple[CodeWay, ...] = Field(("handover",), min_length=1)

    @field_validator("by")
    @classmethod
    def _once(cls, by: tuple[CodeWay, ...]) -> tuple[CodeWay, ...]:
        if len(set(by)) < len(by):
            raise wrong("a way stands twice", 'write by = ["handover", "post"], or one of them')
        return by
