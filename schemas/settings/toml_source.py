"""Settings files with their lines: an error names the line, or the variable, that a person must fix."""

import difflib
import tomllib
import types
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.toml_lines import TomlPath, lines_of

M = TypeVar("M", bound=BaseModel)

PREFIX = "TERMPOST_"
TWICE = "Cannot overwrite a value"  # as tomllib says it
STARTER = "see the comment beside it in the file that `termpost init` writes"


def nearest(word: str, known: list[str]) -> str:
    """A remedy for a word that is not known."""
    close = difflib.get_close_matches(word.lower(), known, n=1)
    return f'did you mean "{close[0]}"?' if close else f"known here: {', '.join(known)}"


@dataclass(frozen=True)
class Source:
    """A parsed file, the line of each of its keys, and the variables that replaced some of them."""

    file: str
    data: dict[str, Any]
    text: str
    variables: dict[TomlPath, str] = field(default_factory=dict)

    @cached_property
    def lines(self) -> Mapping[TomlPath, int]:
        """Only a fault asks for one, and finding them takes as long as reading the file."""
        return lines_of(self.text)

    def where(self, place: TomlPath) -> str:
        """`termpost.toml line 7 [store] url`, or the variable that gave the value."""
        for end in range(len(place), 0, -1):
            if place[:end] in self.variables:
                return f"environment variable {self.variables[place[:end]]}"
        known = (place[:end] for end in range(len(place), -1, -1) if place[:end] in self.lines)
        line = self.lines[next(known)]
        names = [str(part) for part in place if isinstance(part, str)]
        section = f" [{'.'.join(names[:-1])}]" if len(names) > 1 else ""
        return f"{self.file} line {line}{section}{' ' + names[-1] if names else ''}"

    def line(self, place: TomlPath) -> int:
        """Sorts errors as a reader meets them."""
        return next(self.lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in self.lines)


def read_source(path: Path) -> Source:
    """Reads a settings file; InputError where it is missing, not UTF-8 or not TOML."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return Source(path.name, tomllib.loads(text), text)
    except FileNotFoundError:
        raise InputError("missing-file", f"there is no {path.name}", str(path), "make one: termpost init DIR") from None
    except OSError as error:
        raise InputError("unreadable-file", str(error.strerror), str(path), "give a file you may read") from None
    except UnicodeDecodeError:
        raise InputError("not-utf-8", "the file is not UTF-8", path.name, "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        what, _, at = str(error).partition(" (at ")
        where = f"{path.name} {at.split(',')[0].rstrip(')')}"
        if what == TWICE:
            raise InputError("given-twice", "this key is given a second time", where, "keep one of the two") from None
        raise InputError(
            "not-toml", what[:1].lower() + what[1:], where, "fix the line; text stands in quotes"
        ) from None


def with_environment(
    source: Source,
    model: type[BaseModel],
    environ: Mapping[str, str],
    *,
    section: str = "",
    foreign: tuple[str, ...] = (),
    file_alone: tuple[TomlPath, ...] = (),
) -> Source:
    """Lays `TERMPOST_<SECTION>__<KEY>` over the file.

    `section` is the first part that belongs to this file ("" for termpost.toml, whose sections come first);
    `foreign` are first parts that belong to other files; `file_alone` are places, with all below them, that no
    variable may set. InputError on a variable that sets nothing, and `file-alone`.
    """
    for name in sorted(environ):
        first, *rest = name.removeprefix(PREFIX).split("__")
        if name.startswith(PREFIX) and not rest:
            _refuse_one_underscore(name, first, {section} if section else _keys(model) or {})
        if not name.startswith(PREFIX) or not rest or first.lower() in foreign:
            continue
        if section and first.lower() != section:
            continue
        place = _place(model, rest if section else [first, *rest], name)
        if any(place[: len(alone)] == alone[: len(place)] for alone in file_alone):
            what = "this decides what may leave, so no variable may set it"
            remedy = f"unset it; what counts stands in {source.file}"
            raise InputError("file-alone", what, f"environment variable {name}", remedy)
        here = source.data
        for part in place[:-1]:
            here = here.setdefault(part, {}) if isinstance(here.get(part, {}), dict) else {}
        here[place[-1]] = _literal(environ[name])
        source.variables[place] = name
    return source


def _refuse_one_underscore(name: str, said: str, sections: Collection[str]) -> None:
    """`TERMPOST_STORE_URL` would set nothing, in silence, and the data would go somewhere else."""
    first, _, key = said.partition("_")
    if key and first.lower() in sections:
        remedy = f"write {PREFIX}{first}__{key}, with two underscores behind the section"
        raise InputError("unknown-key", "the variable sets nothing", f"environment variable {name}", remedy)


def _literal(text: str) -> Any:  # any TOML value
    """A TOML literal where it is one, else the text; a decimal stays text, so that it stays exact."""
    try:
        parsed = tomllib.loads(f"value = {text}", parse_float=str)
    except tomllib.TOMLDecodeError:
        return text
    return parsed["value"] if len(parsed) == 1 else text


def _place(model: type[BaseModel], parts: list[str], name: str) -> tuple[str, ...]:
    place: tuple[str, ...] = ()
    here: Any = model
    for part in parts:
        known = _keys(here)
        if known is not None and part.lower() in known:
            place, here = (*place, part.lower()), known[part.lower()]
        elif known is None and get_origin(here) is dict:  # keys that the user chooses, such as a category's title
            place, here = (*place, part), get_args(here)[1]
        else:
            remedy = nearest(part, list(known)) if known else "unset it"
            raise InputError("unknown-key", "the variable sets nothing", f"environment variable {name}", remedy)
    return place


def _plain(annotation: Any) -> Any:  # a type form
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        return _plain(next(a for a in get_args(annotation) if a is not type(None)))
    return annotation


def _keys(annotation: Any) -> dict[str, Any] | None:  # a type form
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return None
    return {f.alias or name: _plain(f.annotation) for name, f in annotation.model_fields.items()}


def build(model: type[M], source: Source) -> M:
    """The model, or an InputError for the first fault in the file."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        # a missing key last: it is often the one that was misspelt
        first = min(faults, key=lambda fault: (fault["type"] == "missing", source.line(_at(fault))))
        raise _explained(model, source, first) from None


def _at(fault: ErrorDetails) -> TomlPath:
    inner: list[str | int] = fault["ctx"]["at"] if fault["type"] == "setting" else []
    return (*fault["loc"], *inner)


def _explained(model: type[BaseModel], source: Source, fault: ErrorDetails) -> InputError:
    place = _at(fault)
    where, ctx = source.where(place), fault.get("ctx", {})
    match fault["type"]:
        case "extra_forbidden":
            here: Any = model
            for part in place[:-1]:
                keys = _keys(here)
                here = (
                    keys[str(part)]
                    if keys is not None
                    else _plain(get_args(here)[-1 if get_origin(here) is dict else 0])
                )
            note = getattr(here, "unknown_key_note", "")
            return InputError(
                "unknown-key", f"this key is not known{note}", where, nearest(str(place[-1]), list(_keys(here) or []))
            )
        case "missing":
            return InputError("missing-key", "this key must be given", where, f"add it; {STARTER}")
        case "setting":
            return InputError("wrong-value", ctx["what"], where, ctx["remedy"])
        case "literal_error":
            return InputError("wrong-value", "the value is not one of those known", where, f"use {ctx['expected']}")
        case "model_type" | "dict_type":
            return InputError("wrong-value", "a section is wanted here, not a single value", where, STARTER)
    what = fault["msg"].replace("Input should", "the value should")
    is_list = fault["type"] in ("tuple_type", "list_type")
    return InputError("wrong-value", "a list is wanted here" if is_list else what[:1].lower() + what[1:], where,
                      "put what stands there in square brackets" if is_list else STARTER)  # fmt: skip
