"""Lines put into `calendar.toml` beside what a person wrote there: comments stay, and nothing is taken out."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.calendar import FILE, calendar_in
from termpost.schemas.settings.toml_lines import lines_of
from termpost.tasks.calendars.proposed import ProposedCycle, quoted
from termpost.tasks.runtime.atomic_files import write_durably


def with_cycles(text: str, cycles: Sequence[ProposedCycle]) -> str:
    """The file with these after all that is there."""
    return "\n".join([text.rstrip("\n") + "\n", *(cycle.as_toml() for cycle in cycles)])


def with_days(text: str, key: str, days: Sequence[str]) -> str:
    """The file with these days after those that its list `key` has; a list that stands in one line, or is not there.

    Raises:
        InputError: `by-hand`, where the list stands in several lines.
    """
    there = tomllib.loads(text).get(key, [])
    line = f"{key} = [{', '.join(map(quoted, [*map(str, there), *days]))}]"
    lines = text.splitlines()
    found = lines_of(text).get((key,))
    if found is None:
        first = next((n for n, one in enumerate(lines) if one.lstrip().startswith("[")), len(lines))
        return "\n".join([*lines[:first], line, *lines[first:]]) + "\n"
    old = lines[found - 1]
    if _parsed(old) != {key: there}:
        raise InputError("by-hand", "the list stands in several lines, and termpost does not write between them",
                         f"{FILE} line {found} {key}", "copy the days into it yourself")  # fmt: skip
    _, mark, comment = old.rpartition("  # ")
    return "\n".join([*lines[: found - 1], f"{line}{mark}{comment}" if mark else line, *lines[found:]]) + "\n"


def _parsed(line: str) -> dict[str, object]:
    try:
        return tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return {}


def write_calendar(home: Path, text: str, environ: Mapping[str, str]) -> None:
    """Puts it in the place of the file, once it was read as a calendar.

    Raises:
        InputError: what a calendar is refused for; the file stays as it was.
    """
    calendar_in(text, environ)
    write_durably(home / FILE, text.encode())
