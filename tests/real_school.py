"""A real home, which goes by the machine's clock alone: the small school, with every date moved to around today."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from termpost.tasks.secrets.keys import make_keys

from tests.school import DAY, EXAMPLES, Extract, Prepared, School, small_extract

_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
RESERVED = ("portal.grand-bend.example", "grand-bend.example.org")  # no family can reach them, so a real home may not


def days_since() -> int:
    """From the sample's release date to the machine's day, in the school's zone as good as in UTC: to the day after
    the calendar's, so that the release date has begun everywhere."""
    return (datetime.now(UTC) - DAY).days


def moved(text: str) -> str:
    """With every date so many days later."""

    def later(found: re.Match[str]) -> str:
        return (date.fromisoformat(found[0]) + timedelta(days=days_since())).isoformat()

    return _DATE.sub(later, text)


def real_school(folder: Path) -> Prepared:
    """Nothing is prepared yet; whoever registers people does it by the machine's clock."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    for name in ("termpost.toml", "grading.toml", "calendar.toml"):
        text = (EXAMPLES / "grand-bend-home" / name).read_text()
        for reserved in RESERVED:
            text = text.replace(reserved, "gbisd.edu")
        (home / name).write_text(moved(text) if name == "calendar.toml" else text)
    make_keys(home / "secrets")
    extract = small_extract(folder / "extract")
    for path in extract.folder.rglob("*.csv"):
        path.write_text(moved(path.read_text(encoding="utf-8")), encoding="utf-8")
    school = School(home, as_of=None)
    school.phone = school.register()
    return Prepared(home, school.phone, as_of=None, extract=Extract(extract.folder))
