"""The list of breakages: one realistic mistake each, in one file of the product, and the test that must see it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Breakage:
    """`find` stands exactly once in `file`; with `replace` in its place `test` fails."""

    name: str
    area: str  # "law 4", or a room: "grades"
    file: str  # relative to the root of the repository, like the path in `test`
    find: str
    replace: str
    test: str  # a pytest node id

    def broken(self, text: str) -> str:
        """The file with the mistake in it.

        Raises:
            LookupError: the text does not stand there exactly once, so it is not known what would be broken.
        """
        found = text.count(self.find)
        if found != 1:
            raise LookupError(f"`find` stands {found} times in {self.file}")
        return text.replace(self.find, self.replace)


def read_breakages(folder: Path = Path(__file__).parent) -> list[Breakage]:
    """Every breakage of the .toml files in the folder, in their order."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        found += [Breakage(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["breakage"]]
    return found
