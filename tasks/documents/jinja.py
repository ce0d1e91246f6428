"""The one way to a Jinja template of ours: what it does not know is an error, never an empty place."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from termpost.schemas.base.shipped import TEMPLATES


def environment(
    *, escape: bool = True, own: Path | None = None, trim: bool = False, strip: bool = False,
    filters: Mapping[str, Callable[..., Any]] | None = None,
) -> Environment:  # fmt: skip
    """An environment over templates/, to be made once and kept.

    Args:
        escape: for HTML. Plain text and Markdown escape nothing, or by a filter of their own.
        own: a school's folder of templates, looked into before ours. Then it is sandboxed, since who edits a template
            is not who may run code here; ours needs no sandbox, which would take half of the time, and never changes.
        trim: the end of a line that is a tag goes.
        strip: the spaces before such a tag go.
    """
    shipped = FileSystemLoader(TEMPLATES)
    kind = Environment if own is None else ImmutableSandboxedEnvironment
    made = kind(
        loader=shipped if own is None else ChoiceLoader([FileSystemLoader(own), shipped]), autoescape=escape,
        undefined=StrictUndefined, auto_reload=own is not None, trim_blocks=trim, lstrip_blocks=strip,
        newline_sequence="\n",
    )  # fmt: skip
    made.filters.update(filters or {})
    return made
