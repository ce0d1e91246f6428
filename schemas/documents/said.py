"""A sentence with the language that it is in."""

from termpost.schemas.base.frozen import FrozenModel


class SaidIn(FrozenModel):
    """On a sheet that may be in another language."""

    language: str  # BCP 47
    direction: str  # ltr or rtl
    text: str
