"""A report as one HTML file: no scripts, nothing fetched, readable on a phone and on paper (WCAG 2.1 AA)."""

import base64
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, Template, TemplateError
from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.jinja import environment
from termpost.tasks.render.report_view import ReportView

NAME = "report.html.j2"


@cache
def _environment(own: Path | None) -> Environment:
    """Templates of the school before ours."""
    return environment(own=own)


def own_template(home: Path) -> bytes:
    """What a school made of the page: `templates/report.html.j2` in its home; nothing where it has none."""
    path = home / "templates" / NAME
    return path.read_bytes() if path.is_file() else b""


def _template(own: Path | None) -> Template:
    return _environment(own).get_template(NAME)


def refuse_broken_template(home: Path) -> None:
    """Raises InputError where what a school made of the page is no template; what it asks for is seen with a report."""
    if not own_template(home):
        return
    try:
        _template(home / "templates")
    except TemplateError as error:
        raise _bad_template(error) from None


def _bad_template(error: TemplateError) -> InputError:
    line = getattr(error, "lineno", None)
    where = f"templates/{NAME}" + (f" line {line}" if line else "")
    # what Jinja says may quote a value of the report
    what = f"the school's page cannot be made of its template ({type(error).__name__})"
    return InputError("bad-template", what, where, "fix it, or take it away: then ours is used")


def css_string(value: str) -> str:
    """The inside of a CSS string (CSS Syntax 3, 4.3.7). Inside `<style>` HTML escapes mean nothing, so none is left."""
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in value)


def _page_number(pattern: str) -> tuple[str, str, str]:
    """`Page {page} of {pages}` without its numbers, as CSS strings."""
    before, _, rest = pattern.partition("{page}")
    between, _, after = rest.partition("{pages}")
    return css_string(before), css_string(between), css_string(after)


def page_of(parts: Sequence[ReportView], own: Path | None = None) -> bytes:
    """UTF-8 HTML of a report that is in words already; the same report gives the same bytes."""
    first = parts[0]
    logo = base64.b64encode(first.logo.encode()).decode()
    try:
        content = _template(own).render(
            parts=parts, r=first, logo=logo, stamp=css_string(first.stamp), number=_page_number(first.labels["page"])
        )
    except TemplateError as error:
        raise _bad_template(error) from None
    return content.encode()
