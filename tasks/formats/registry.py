"""The formats that are read, one line each, and what is asked of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.shipped import CONTRACTS
from termpost.schemas.contracts.contract import Contract, contract_paths, read_contract
from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.tasks.formats.blackboard_gradebook import FORMAT as BLACKBOARD_GRADEBOOK
from termpost.tasks.formats.brightspace_gradebook import FORMAT as BRIGHTSPACE_GRADEBOOK
from termpost.tasks.formats.canvas_gradebook import FORMAT as CANVAS_GRADEBOOK
from termpost.tasks.formats.datasets import SUPPLEMENT_FILES
from termpost.tasks.formats.format import Format, refuse_nothing
from termpost.tasks.formats.gradebook.roster import with_roster
from termpost.tasks.formats.lms_toolkit import FORMAT as LMS_TOOLKIT
from termpost.tasks.formats.moodle_gradebook import FORMAT as MOODLE_GRADEBOOK
from termpost.tasks.formats.oneroster.required import looks_like_oneroster
from termpost.tasks.formats.oneroster_1_1 import FORMAT as ONEROSTER_1_1
from termpost.tasks.formats.oneroster_1_2 import FORMAT as ONEROSTER_1_2
from termpost.tasks.formats.source_file import SourceFile

# each is read by itself, and beside a roster of OneRoster
GRADEBOOKS = (CANVAS_GRADEBOOK, MOODLE_GRADEBOOK, BLACKBOARD_GRADEBOOK, BRIGHTSPACE_GRADEBOOK)
ALONE: tuple[Format, ...] = (
    ONEROSTER_1_1,
    ONEROSTER_1_2,
    *GRADEBOOKS,
    LMS_TOOLKIT,
)
# asked from the last to the first; what none recognises is taken for the first, whose contracts say what is missing
FORMATS: tuple[Format, ...] = (
    *ALONE,
    *(with_roster(gradebook, roster) for gradebook in GRADEBOOKS for roster in (ONEROSTER_1_1, ONEROSTER_1_2)),
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


@lru_cache(maxsize=32)
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
    named = format_named(form).names | {contract.file for contract in found if not contract.is_pattern}
    found = [replace(contract, others=named) if contract.is_pattern else contract for contract in found]
    return tuple(sorted(found, key=lambda contract: contract.file))


def mappings() -> tuple[FormatMapping, ...]:
    """Of the formats that stand by themselves; two beside each other have the contracts of both."""
    return tuple(one.mapping for one in ALONE)


def delimiter_of(text: str) -> str:
    """The delimiter of a file, told from its beginning: a comma where no format claims the file."""
    return next((found for one in FORMATS if (found := one.delimiter(text))), ",")


def has_file(name: PurePosixPath) -> bool:
    """Whether any format has such a file in a folder of its own."""
    return any(one.has_file(name) for one in FORMATS)


@cache
def known_names() -> frozenset[str]:
    """Files of any format, and of the supplement, that always have the same name."""
    return SUPPLEMENT_FILES.union(*(one.names for one in FORMATS))


def near_name(name: PurePosixPath) -> str | None:
    """What a file in a format's own folders was meant to be called, where its name is nearly one of the format's."""
    return next((found for one in FORMATS if (found := one.near_name(name))), None)


def is_claimed(text: str) -> bool:
    """Whether any format knows a file by its first lines, whatever it is called."""
    return any(one.delimiter(text) for one in FORMATS)


def is_claimed_in_utf16(text: str) -> bool:
    """Whether a format whose system writes UTF-16 knows a file by its first lines."""
    return any(one.delimiter(text) for one in FORMATS if one.has_utf16)


def names_formats(files: Sequence[SourceFile]) -> bool:
    """Whether any file says what the extract is: by its name or, of a gradebook, by its first lines."""
    by_name = {file.name: file for file in files}
    own = any(name in one.names or one.is_unused(name) for one in FORMATS for name in by_name)
    # the fallback recognises everything
    return own or looks_like_oneroster(by_name) or any(one.recognises(by_name) for one in FORMATS if not one.names)


def mixed_formats(form: Format, files: Sequence[SourceFile]) -> str | None:
    """The name of a gradebook that lies in an extract of another format; None where there is none."""
    names, others = known_names(), {one.delimiter for one in FORMATS} - {form.delimiter}
    asked = (file for file in files if file.name not in names and "/" not in file.name)
    return next((file.name for file in asked if any(of(file.beginning()) for of in others)), None)


def describes(form: Format, name: str) -> bool:
    """Whether a format reads a file of this name, or knows it and has no use for it."""
    return form.is_unused(name) or any(contract.describes(name) for contract in load_contracts(form.form))


def refuse(form: Format, files: Sequence[SourceFile], where: str) -> None:
    """Refuses what no check need look at: a format by what it needs, and what has nothing to say by what it looks like.

    Raises:
        InputError: from the format, or from the first, whose files any extract may have.
    """
    hook = FALLBACK.refuse if form.refuse is refuse_nothing else form.refuse
    hook(files, where)
