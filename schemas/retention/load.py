"""Reading the page of a home; one that has none goes by the page that ships, as its settings changed it."""

from pathlib import Path
from typing import Final

from termpost.schemas.base.shipped import STARTER
from termpost.schemas.retention.policy import FILE, RetentionPeriod, RetentionPolicy
from termpost.schemas.settings.sections.privacy_settings import PrivacySettings
from termpost.schemas.settings.toml_source import build, read_source

# settings of before there was a page → the lines that they are about
EARLIER: Final = {"reports_years": ("reports", "rights", "history"), "notes_years": ("notes", "questions")}


def has_page(home: Path) -> bool:
    return (home / FILE).is_file()


def load_retention(home: Path, privacy: PrivacySettings) -> RetentionPolicy:
    """The page that counts. A kind that it lacks is no error here: what goes by the page refuses (`refuse_gaps`).

    Raises:
        InputError: a kind that does not exist, a time that is none, a key that is not known; with its line.
    """
    if has_page(home):
        return build(RetentionPolicy, read_source(home / FILE))
    return _as_settings_say(build(RetentionPolicy, read_source(STARTER / FILE)), privacy)


def overruled(home: Path, privacy: PrivacySettings) -> list[str]:
    """What `termpost.toml` says, and a page of the home decides instead."""
    if not has_page(home):
        return []
    said = ["landing_days"] if "landing_days" in privacy.model_fields_set else []
    return said + [f"retention.{name}" for name in EARLIER if name in privacy.retention.model_fields_set]


def _as_settings_say(policy: RetentionPolicy, privacy: PrivacySettings) -> RetentionPolicy:
    periods: dict[str, RetentionPeriod] = {}
    if "landing_days" in privacy.model_fields_set:
        periods["landing"] = RetentionPeriod(privacy.landing_days, "day")
    for name, lines in EARLIER.items():
        if name in privacy.retention.model_fields_set:
            periods |= dict.fromkeys(lines, RetentionPeriod(getattr(privacy.retention, name), "year"))
    changed = tuple(
        line.model_copy(update={"period": periods[line.name]}) if line.name in periods else line for line in policy.line
    )
    return policy.model_copy(update={"line": changed})
