"""A lazy command group: it knows its commands by name and summary, and imports only the one that runs.

All command modules together import everything termpost is made of, which takes a second; whoever types `--help`, or a
command that answers at once, need not wait for it.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click


class ListedGroup(click.Group):
    """Lists commands in the order of the procedure rather than the alphabet's.

    Args:
        listed: of each command its module, below this package, and the first sentence of its help. The module has
            the command's name, with _ for -, and the command as COMMAND.
    """

    def __init__(self, *args: Any, listed: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules = {module.rpartition(".")[2].replace("_", "-"): module for module, _ in listed}
        self.listed = dict(zip(self.modules, (text for _, text in listed), strict=True))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        return [*self.listed, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.listed:
            return super().get_command(ctx, cmd_name)
        command: click.Command = import_module(f"{__package__}.{self.modules[cmd_name]}").COMMAND
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:  # click guesses among the commands that are imported
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=self.listed, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - likewise
        """As click has it, but from what is listed."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.listed.items()))
