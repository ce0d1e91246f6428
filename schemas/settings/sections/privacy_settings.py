"""`[privacy]`: what is not kept, what is not shown, and how long the rest stays without a retention.toml."""

from typing import Self

from pydantic import Field, StrictBool, StrictInt, model_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong


class Retention(FrozenModel):
    """Whole years after which `records retain` deletes."""

    reports_years: StrictInt = Field(7, ge=1)
    notes_years: StrictInt = Field(2, ge=1)  # reasons and minutes in words
    log_years: StrictInt = Field(10, ge=1)

    @model_validator(mode="after")
    def _log_last(self) -> Self:
        # 34 CFR 99.32(a)(2): the record of disclosures stays as long as the education records
        if self.log_years < max(self.reports_years, self.notes_years):
            raise wrong("the log would go before what it records", "raise log_years", at=("log_years",))
        return self


class PrivacySettings(FrozenModel):
    """What is not kept, and what is not shown."""

    drop_columns: tuple[str, ...] = ()  # besides passwords, which are never kept
    landing_days: StrictInt = Field(30, ge=1)
    small_cell: StrictInt = Field(10, ge=2)  # people; fewer are not shown to analysts
    class_median: StrictBool = False  # kept for classes that are large enough
    retention: Retention = Retention()
