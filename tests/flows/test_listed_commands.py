"""The help of `termpost` is known without importing the commands, and says what they themselves say."""

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from termpost.flows import commands
from termpost.flows.cli import LISTED, termpost
from termpost.flows.commands.records.records import LISTED as RECORDS

ROOT = Path(__file__).parents[2]
MODULES = {
    f"{path.parent.name}.{path.stem}" for path in Path(commands.__path__[0]).glob("*/*.py") if path.stem != "__init__"
}
NAMES = [module.rpartition(".")[2].replace("_", "-") for module, _ in LISTED]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# each takes longer to import than Python takes to start
HEAVY = ("prefect", "pandas", "duckdb", "boto3", "pydantic", "cryptography", "great_expectations", "rich", "holidays")


@pytest.mark.parametrize(("name", "text"), zip(NAMES, [text for _, text in LISTED], strict=True))
def test_what_is_listed_is_what_the_command_says(name: str, text: str) -> None:
    command = termpost.get_command(click.Context(termpost), name)

    assert command is not None
    assert command.name == name
    assert text == command.get_short_help_str(10_000)


def test_every_command_module_is_listed() -> None:
    assert {module for module, _ in [*LISTED, *RECORDS]} == MODULES


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_subcommand_is_documented(name: str) -> None:
    command = termpost.get_command(click.Context(termpost), name)
    below = command.list_commands(click.Context(command)) if isinstance(command, click.Group) else []
    names = [name, *(f"{name} {sub}" for sub in below)]
    guides = "".join(guide.read_text() for guide in GUIDES)

    assert [one for one in names if not re.search(rf"\btermpost {one}\b", guides)] == []


@pytest.mark.parametrize("width", [40, 80, 110])
def test_the_help_has_the_whole_first_sentence_of_each_command(width: int) -> None:
    context = click.Context(termpost)
    groups = [termpost, *(one for name in NAMES if isinstance(one := termpost.get_command(context, name), click.Group))]
    for group in groups:
        formatter = click.HelpFormatter(width=width)
        group.format_commands(click.Context(group), formatter)
        said = "".join(formatter.getvalue().split())  # a line may end at a hyphen
        named = [(name, group.get_command(click.Context(group), name)) for name in group.list_commands(context)]
        whole = {name: "".join(f"{name}{one.get_short_help_str(10_000)}".split()) for name, one in named if one}
        assert [name for name, text in whole.items() if text not in said] == []


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys, json, click\nfrom termpost.flows.cli import termpost\n"
        "termpost.main(['--help'], standalone_mode=False)\n"
        "json.dump(sorted(sys.modules), sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "status" in done.stdout
    assert not set(HEAVY) & set(json.loads(done.stderr))


def test_a_command_that_is_not_there_is_wrong_use() -> None:
    with pytest.raises(click.UsageError, match="No such command"):
        termpost.main(["relaese"], standalone_mode=False)
