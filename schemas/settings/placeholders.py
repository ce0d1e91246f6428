"""What in `termpost.toml` still stands for something that a school must fill in: a family must never read it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from termpost.schemas.base.shipped import STARTER
from termpost.schemas.settings.settings import FILE, Settings
from termpost.schemas.settings.toml_lines import TomlPath
from termpost.schemas.settings.toml_source import read_source, with_environment

READ_BY_FAMILIES = ("institution", "channels")  # sections: who sends, and where families answer and open their pages
# of the starter file: a school may well keep its "School Office" and the first version of its "Grading policy"
STAND_INS = ("name", "short_name", "email_domain", "address", "email", "phone", "url", "base_url")
# reserved for documentation and tests (RFC 2606, RFC 6761), or this machine: no family can reach them
RESERVED = re.compile(
    r"(?<![a-z0-9-])(?:example\.(?:com|net|org|edu)|[a-z0-9-]+\.(?:example|invalid|test|localhost)"
    r"|(?<!\.)localhost|127(?:\.\d+){3}|\[::1\])(?![a-z0-9-]|\.[a-z0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Placeholder:
    """One setting."""

    where: str  # "termpost.toml line 7 [institution] name"

    @property
    def what(self) -> str:
        return "this stands for something of the school's own"

    @property
    def remedy(self) -> str:
        return "put the school's own there"


def placeholders(home: Path, environ: Mapping[str, str]) -> list[Placeholder]:
    """Each setting that families read and nobody filled in, in the order of the file.

    Raises:
        InputError: the settings cannot be read.
    """
    source = with_environment(read_source(home / FILE), Settings, environ, foreign=("calendar", "grading"))
    found = [place for place, text in _texts(source.data) if _stands_in(place, text)]
    wheres = [source.where(place) for place in sorted(found, key=lambda place: (source.line(place), str(place)))]
    return [Placeholder(where) for where in dict.fromkeys(wheres)]


def _stands_in(place: TomlPath, text: str) -> bool:
    return bool(RESERVED.search(text)) or (_key(place) in STAND_INS and _starter().get(place) == text)


def _key(place: TomlPath) -> str:
    return next(part for part in reversed(place) if isinstance(part, str))


@cache
def _starter() -> dict[TomlPath, str]:
    text = (STARTER / FILE).read_text("utf-8")
    of_office = ("institution", "ask", "name")
    return {place: said for place, said in _texts(tomllib.loads(text)) if place != of_office}


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[TomlPath, str]]:
    for section in READ_BY_FAMILIES:
        yield from _below(data.get(section), (section,))


def _below(value: object, place: TomlPath) -> Iterator[tuple[TomlPath, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _below(inner, (*place, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _below(inner, (*place, position))
