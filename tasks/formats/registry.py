"""The formats that are read, one line each, and what is asked of all of them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.shipped import CONTRACTS
from termpost.schemas.contracts.contract import Contract, contract_paths, read_contract
from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.tasks.formats.canvas_gradebook import FORMAT as CANVAS_GRADEBOOK
from termpost.tasks.formats.format import Format
from termpost.tasks.formats.lms_toolkit import FORMAT as LMS_TOOLKIT
from termpost.tasks.formats.oneroster_1_1 import FORMAT as ONEROSTER_1_1
from termpost.tasks.formats.oneroster_1_2 import FORMAT as ONEROSTER_1_2
from termpost.tasks.formats.source_file import SourceFile

# asked from the last to the first; what none recognises is taken for the first, whose contracts say what is missing
FORMATS: tuple[Format, ...] = (
    ONEROSTER_1_1,
    ONEROSTER_1_2,
    CANVAS_GRADEBOOK,
    LMS_TOOLKIT,
)
FALLBACK = FORMATS[0]


def detect(files: Sequence[SourceFile]) -> Format:
    """Which format an extract is, told from its names and first lines alone."""
    by_name: Mapping[str, SourceFile] = {file.name: file for file in files}
    return next((one for one in reversed(FORMATS) if one.recognises(by_name)), FALLBACK)


def format_named(form: str) -> Format:
    """The format that findings or landing name: "oneroster-csv/1.1".

    Raises:
        InputError: `unknown-format`, of a version of termpost that reads more.
    """
    found = next((one for one in FORMATS if one.form == form), None)
    if found is None:
        raise InputError("unknown-format", "its format is not one that is read", "extract", "prepare it again")
    return found


@lru_cache(maxsize=8)
def load_contracts(form: str = FALLBACK.form, folder: Path = CONTRACTS) -> tuple[Contract, ...]:
    """The contracts of a format's datasets, by file name.

    Raises:
        InputError: `bad-contract`, also where one is missing.
    """
    mapping = format_named(form).mapping
    found = []
    for path in contract_paths(folder, mapping.datasets):
        if not path.exists():
            raise InputError("bad-contract", "a contract that a format uses is missing", path.name, "bring it back")
        found.append(read_contract(path, mapping))
    return tuple(sorted(found, key=lambda contract: contract.file))


def mappings() -> tuple[FormatMapping, ...]:
    return tuple(one.mapping for one in FORMATS)


def delimiter_of(text: str) -> str:
    """The delimiter of a file, told from its beginning: a comma where no format claims the file."""
    return next((found for one in FORMATS if (found := one.delimiter(text))), ",")


def has_file(name: PurePosixPath) -> bool:
    """Whether any format has such a file in a folder of its own."""
    return any(one.has_file(name) for one in FORMATS)


def has_folder(folder: PurePosixPath) -> bool:
    """Whether any format may have files somewhere below the folder."""
    return any(one.has_folder(folder) for one in FORMATS)


def refuse(files: Sequence[SourceFile], where: str) -> None:
    """Refuses what no check need look at.

    Raises:
        InputError: from any format.
    """
    for hook in dict.fromkeys(one.refuse for one in FORMATS):
        hook(files, where)
