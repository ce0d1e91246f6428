"""The one factory of templates: strict, escaping unless told otherwise, and a school's own only in the sandbox."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError
from termpost.tasks.documents.jinja import environment


def test_what_a_template_does_not_know_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ name }}").render()


def test_markup_in_a_value_is_escaped_unless_it_is_no_html() -> None:
    assert environment().from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    assert environment(escape=False).from_string("{{ x }}").render(x="<b>") == "<b>"


def test_a_schools_own_template_comes_first_and_runs_no_code_here(tmp_path: Path) -> None:
    (tmp_path / "report.html.j2").write_text("{{ ().__class__.__bases__ }}")
    with pytest.raises(SecurityError):
        environment(own=tmp_path).get_template("report.html.j2").render()
    assert environment(own=tmp_path).get_template("schedule.html.j2").filename is not None  # ours, where it has none


def test_filters_are_those_it_was_made_with() -> None:
    assert environment(filters={"loud": str.upper}).from_string("{{ x | loud }}").render(x="a") == "A"
    assert "loud" not in environment().filters
