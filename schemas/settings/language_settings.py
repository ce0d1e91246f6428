"""`[languages]` of termpost.toml."""

from termpost.schemas.base.frozen import FrozenModel


class LanguageSettings(FrozenModel):
    """Which translations the school trusts."""

    reviewed: tuple[str, ...] = ()  # BCP 47; besides those whose catalogue says so
