"""The help of `termpost` is known without importing the commands, and says what they themselves say."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from termpost.flows import commands
from termpost.flows.cli import LISTED, termpost
from termpost.flows.commands.listed import Load

MODULES = {path.stem for path in Path(commands.__path__[0]).glob("*.py") if "COMMANDS" in path.read_text()}
# each takes longer to import than Python takes to start
HEAVY = ("prefect", "pandas", "duckdb", "boto3", "pydantic", "cryptography", "great_expectations", "rich", "holidays")


@pytest.mark.parametrize(("name", "text", "load"), LISTED)
def test_what_is_listed_is_what_the_command_says(name: str, text: str, load: Load) -> None:
    command = termpost.get_command(click.Context(termpost), name)

    assert command is not None
    assert command.name == name
    assert text == command.get_short_help_str(10_000)


def test_every_command_of_every_module_is_listed() -> None:
    found = {load.__name__.removeprefix("_"): [command.name for command in load()] for _, _, load in LISTED}

    assert found.keys() == MODULES
    assert sorted(name for names in found.values() for name in names) == sorted(name for name, _, _ in LISTED)


@pytest.mark.parametrize("width", [40, 80, 110])
def test_the_help_is_laid_out_as_click_does(width: int) -> None:
    plain = click.Group("termpost", commands=[command for _, _, load in LISTED for command in load()])
    ours, theirs = click.HelpFormatter(width=width), click.HelpFormatter(width=width)
    termpost.format_commands(click.Context(termpost), ours)
    plain.format_commands(click.Context(plain), theirs)

    assert sorted(ours.getvalue().splitlines()) == sorted(theirs.getvalue().splitlines())


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
