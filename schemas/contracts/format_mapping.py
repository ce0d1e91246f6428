"""What a format of extracts says of the contracts: which it uses, and where it departs from their columns.

A contract says what a dataset must be, whatever format it came in. What a format calls a column, lacks or leaves blank
is said by the format, so that a new one edits no contract.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

Columns = Mapping[str, AbstractSet[str]]  # dataset → names of columns in termpost


@dataclass(frozen=True)
class FormatMapping:
    """A format and version against the contracts."""

    form: str  # "oneroster-csv/1.1"
    files: frozenset[str]  # datasets that lie in files of their own
    filled: frozenset[str]  # datasets that its SQL fills, or adds rows to, from other files
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # dataset → column → its name in the files
    added: Columns = field(default_factory=dict)  # columns that only some formats have, and this one has
    lacking: Columns = field(default_factory=dict)  # columns that most formats have, and this one has not
    optional: Columns = field(default_factory=dict)  # required columns that may be absent or blank
    open_lists: Columns = field(default_factory=dict)  # columns whose vocabulary a school may extend: a warning

    @property
    def datasets(self) -> frozenset[str]:
        """All that an extract of the format ends in."""
        return self.files | self.filled

    def derives(self, dataset: str) -> bool:
        """Whether the format has no file of its own for it, and fills it from others."""
        return dataset in self.filled and dataset not in self.files

    def has(self, dataset: str, column: str, *, of_some_formats: bool) -> bool:
        """Whether its files have the column.

        Args:
            of_some_formats: what the contract says of the column: only formats that name it have it.
        """
        if of_some_formats:
            return column in self.added.get(dataset, ())
        return column not in self.lacking.get(dataset, ())

    def may_be_blank(self, dataset: str, column: str) -> bool:
        return column in self.optional.get(dataset, ())

    def header(self, dataset: str, column: str) -> str | None:
        """Its name in the files, where it is not that of the contract."""
        return self.headers.get(dataset, {}).get(column)

    def may_extend(self, dataset: str, column: str) -> bool:
        return column in self.open_lists.get(dataset, ())
