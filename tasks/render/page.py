"""A report as one HTML file: no scripts, nothing fetched, readable on a phone and on paper (WCAG 2.1 AA)."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from schemas.report import Report
from tasks.render.sheet import make_sheet
from tasks.render.wording import TEMPLATES


@cache
def _template() -> Template:
    loader = FileSystemLoader(TEMPLATES)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("report.html.j2")


def css_string(value: str) -> str:
    """The inside of a CSS string (CSS Syntax 3, 4.3.7). Inside `<style>` HTML escapes mean nothing, so none is left."""
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in value)


def _page_number(pattern: str) -> tuple[str, str, str]:
    """`Page {page} of {pages}` without its numbers, as CSS strings."""
    before, _, rest = pattern.partition("{page}")
    between, _, after = rest.partition("{pages}")
    return css_string(before), css_string(between), css_string(after)


def make_page(report: Report) -> bytes:
    """UTF-8 HTML of one report; the same report gives the same bytes."""
    sheet = make_sheet(report)
    number = _page_number(sheet.labels["page"])
    content = _template().render(r=sheet, stamp=css_string(sheet.stamp), number=number)
    return content.encode()
