"""What every schema model is made of."""

from pydantic import BaseModel, ConfigDict


class FrozenModel(BaseModel):
    """A model that is strict about its keys and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
