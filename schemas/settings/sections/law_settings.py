"""`[law]`: where a school is, and which lines of its law packs somebody there has compared with the law."""

from pydantic import Field, field_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong


class LawSettings(FrozenModel):
    """Packs are data with sources, and no legal advice."""

    jurisdiction: str = Field(
        "", pattern=r"^$|^[A-Z]{2,4}(-[A-Z0-9]{1,3})?$"
    )  # country and subdivision of calendar.toml
    checked: dict[str, str] = Field({})  # line → who compared it, and when: "US.access" = "J. Kim, counsel, 2026-08-01"

    @field_validator("checked")
    @classmethod
    def _by_somebody(cls, checked: dict[str, str]) -> dict[str, str]:
        for name, who in checked.items():
            if not who.strip():
                raise wrong("nobody is named who compared this line with the law", "name them, and the day",
                            at=(name,))  # fmt: skip
        return checked
