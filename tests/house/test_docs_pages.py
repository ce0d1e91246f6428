"""The documentation has all of what the code has, and names nothing that is not there."""

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest
from termpost.flows.cli import termpost
from termpost.schemas.log.entry import KINDS
from termpost.schemas.log.review.evidence import SECTIONS
from termpost.schemas.log.review.kind_meanings import KIND_MEANINGS

ROOT = Path(__file__).parents[2]
DOCS, MAKER = ROOT / "docs", ROOT / "deploy" / "docs"
WRITTEN_ANEW = [DOCS / "index.md", DOCS / "tutorial.md", DOCS / "operations.md", DOCS / "procedure.md",
                *sorted((DOCS / "roles").glob("*.md"))]  # fmt: skip


def maker(name: str) -> ModuleType:
    if str(MAKER) not in sys.path:
        sys.path.insert(0, str(MAKER))
    return importlib.import_module(name)


@pytest.mark.parametrize("page", ["commands.md", "settings.md", "log-kinds.md", "views.md", "events.md", "errors.md"])
def test_everything_that_the_code_has_has_words(page: str) -> None:
    found = maker("reference").PAGES[page]()
    assert found.undocumented == ()
    assert found.text.count("\n| `") > 2 or page == "commands.md"


def test_the_reference_is_that_of_the_code() -> None:
    reference = maker("reference")
    settings = reference.settings_page().text
    assert "| `max_deleted_percent` | whole number | 20 | an extract that takes more" in settings
    assert "### `[feedback.mail_days]`" in settings
    assert "| `cutoff` |" in settings.partition("## calendar.toml")[2]
    assert "## `termpost records retain`" in reference.commands_page().text
    assert "| `unsafe-store` |" in reference.errors_page().text
    assert set(KIND_MEANINGS) == set(KINDS)


def test_what_has_no_words_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = maker("reference")

    @click.group()
    def group() -> None:
        """A group."""

    @group.command()
    @click.option("--silent")
    def one(silent: str) -> None:
        pass

    monkeypatch.setattr(reference, "termpost", group)
    assert reference.commands_page().undocumented == ("termpost one", "termpost one --silent")


def test_every_page_is_in_the_navigation_once() -> None:
    named = re.findall(r": ([a-z0-9/-]+\.md)$", (MAKER / "mkdocs.yml").read_text(), re.MULTILINE)
    assert len(named) == len(set(named))
    pages = maker("pages")
    there = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if path.parent.name != "decisions"}
    there |= {f"reference/{name}" for name in maker("reference").PAGES}
    there |= {f"project/{name}" for name in pages.PROJECT.values()} | {"decisions/index.md"}
    assert set(named) == there


def test_links_that_lead_out_of_the_pages_become_paths_of_the_repository() -> None:
    pages = maker("pages")
    text = "Go [here](../tasks/rights/rules.py), [there](keys.md#loss), [on](../CONTRIBUTING.md#locks).\nSo:\n- a"
    assert pages.as_page(text, DOCS / "rights.md") == (
        "Go here (`tasks/rights/rules.py`), [there](keys.md#loss), [on](project/contributing.md#locks).\nSo:\n\n- a\n"
    )
    assert pages.as_page("[laws](docs/laws.md)", ROOT / "CONTRIBUTING.md", pages.TARGET / "project") == (
        "[laws](../laws.md)\n"
    )


def test_no_page_asks_another_machine_for_anything() -> None:
    said = (MAKER / "mkdocs.yml").read_text()
    assert "font: false" in said
    assert not re.search(r"https?://", said)
    assert "strict: true" in said


@pytest.mark.parametrize("page", WRITTEN_ANEW, ids=lambda page: page.name)
def test_commands_and_options_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text()
    for line in re.findall(r"(?:`|^\s*)termpost ([a-z][^`\n#]*)", text, re.MULTILINE):
        words, command = line.split(), termpost
        while words and isinstance(command, click.Group) and re.fullmatch(r"[a-z-]+", words[0]) and words[0][0] != "-":
            command = command.get_command(click.Context(command), words.pop(0))  # type: ignore[assignment]
            assert command is not None, line
        known = {name for one in command.params for name in one.opts}
        assert {word for word in words if word.startswith("--")} - known == set(), line


def test_the_procedure_names_every_section_and_tests_that_are_there() -> None:
    page = (DOCS / "procedure.md").read_text()
    rows = dict(re.findall(r"^\| ([\d.]+) \| (.*) \|$", page, re.MULTILINE))
    assert set(rows) == {section.number for section in SECTIONS}
    for number, row in rows.items():
        named = re.findall(r"`(tests/[a-z0-9_/]+\.py)`", row)
        assert len(named) > 1, number
        assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_code_that_operations_explains_can_come() -> None:
    table = (DOCS / "operations.md").read_text().partition("## What to do when a run is red")[2].partition("\n## ")[0]
    codes = {
        code for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE) for code in re.findall(r"`([a-z-]+)`", row)
    }
    source = "".join(path.read_text() for top in ("flows", "tasks", "schemas") for path in (ROOT / top).rglob("*.py"))
    assert len(codes) > 15
    assert [code for code in codes if f'"{code}"' not in source] == []
