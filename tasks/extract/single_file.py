"""One file as a whole extract: an archive, a workbook or a CSV file, told by its name and its first bytes."""

from pathlib import PurePosixPath

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.archive import zip_files
from termpost.tasks.extract.containers.gzipped import is_gzipped, unpacked
from termpost.tasks.extract.containers.refused_kinds import (
    GZIP,
    KINDS,
    LONGEST_BEGINNING,
    OLE,
    ZIP,
    refuse_by_beginning,
    refused,
)
from termpost.tasks.extract.containers.tarred import tar_entries
from termpost.tasks.extract.containers.text_tables import as_csv_text
from termpost.tasks.extract.containers.workbook import is_workbook, sheets_of
from termpost.tasks.extract.inventory import ExtractFiles, finished, in_small_letters, take_stock
from termpost.tasks.extract.names import is_single, is_tar, is_zip
from termpost.tasks.formats.other_exports import refuse_other_export
from termpost.tasks.formats.registry import known_names
from termpost.tasks.formats.source_file import SourceFile


def is_single_name(name: str) -> bool:
    """Whether a name away from this machine is that of one file, and not of a folder."""
    return is_single(name) or is_tar(name) or PurePosixPath(name).suffix.lower() in KINDS


def read_single(file: SourceFile, where: str) -> ExtractFiles:
    """The files of an extract that is one file.

    Raises:
        InputError: of a kind that is not read, damaged, a bomb, or none of the formats.
    """
    if is_zip(file.name):
        return _zip(file, where)
    if is_tar(file.name):
        return take_stock(tar_entries(file.open, where), where, packed=True)
    if is_workbook(file.name):
        sheets, empty = sheets_of(file)
        stock = take_stock(sheets, where, packed=True)
        return ExtractFiles(stock, [*stock.skipped, *empty])
    if is_gzipped(file.name):
        file = unpacked(file)
    file = as_csv_text(file)
    suffix = PurePosixPath(file.name).suffix.lower()
    beginning = file.head[:LONGEST_BEGINNING]
    if suffix == ".xls" and not beginning.startswith((OLE, ZIP)):
        refuse_other_export(file)  # Blackboard's is text
    refuse_by_beginning(beginning, file.name)
    if suffix == ".csv":
        return _csv(file, beginning, where)
    if suffix in KINDS and suffix != ".gz":
        raise refused(suffix, file.name)
    if beginning.startswith(GZIP):
        raise InputError("wrong-suffix", "this is a gzip file, and its name does not say of what", file.name,
                         "let its name end in .csv.gz or .tar.gz")  # fmt: skip
    if not beginning.startswith(b"PK"):
        refuse_other_export(file)
        raise InputError("wrong-suffix", "the file's name does not say that it is CSV", file.name,
                         "let its name end in .csv, if it is")  # fmt: skip
    return zip_files(file.open, where)


def _zip(file: SourceFile, where: str) -> ExtractFiles:
    try:
        return zip_files(file.open, where)
    except InputError as error:
        unreadable = error
    if unreadable.code == "unreadable-zip":
        refuse_by_beginning(file.head[:LONGEST_BEGINNING], file.name)  # what it is says more than what it is not
    raise unreadable from None


def _csv(file: SourceFile, beginning: bytes, where: str) -> ExtractFiles:
    if beginning.startswith(ZIP):
        raise InputError("wrong-suffix", "this is a zip or a workbook under the name of a CSV file", file.name,
                         "let its name end in .zip or .xlsx")  # fmt: skip
    if beginning.startswith(GZIP):
        raise InputError("wrong-suffix", "this is a gzip file under the name of a CSV file", file.name,
                         "let its name end in .csv.gz")  # fmt: skip
    refuse_other_export(file)
    alone = in_small_letters(file)
    if alone.name in known_names():  # users.csv of OneRoster: else each of the others would be called missing
        raise InputError("part-of-extract", "this is one file of an extract of several", file.name,
                         "give the folder or the zip that it lies in")  # fmt: skip
    return finished([alone], [], where)
