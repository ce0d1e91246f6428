"""Gradebooks that are text under the name of a spreadsheet, in UTF-16 or not: as Blackboard writes `gradebook.xls`."""

import codecs
from pathlib import PurePosixPath

from termpost.tasks.formats.registry import is_claimed, is_claimed_in_utf16, known_names
from termpost.tasks.formats.source_file import SourceFile, from_bytes

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def as_csv_text(file: SourceFile) -> SourceFile:
    """The same table as UTF-8 and by the name of CSV, where it is a gradebook; any other file as it is."""
    path = PurePosixPath(file.name)
    # of anything else nothing is read: what a bundle has is no gradebook, and to open a file of a zip far away costs
    if path.suffix.lower() not in {".xls", ".csv"} or file.name in known_names():
        return file
    wide = file.head.startswith(UTF16) and not file.head.startswith(codecs.BOM_UTF32_LE)
    if not (wide or path.suffix.lower() == ".xls"):
        return file
    beginning = file.head[: len(file.head) // 2 * 2].decode("utf-16", "replace") if wide else file.beginning()
    if not (is_claimed_in_utf16(beginning) if wide else is_claimed(beginning)):
        return file
    name = str(path.with_suffix(".csv"))
    with file.open() as source:
        data = source.read()
    try:
        made = from_bytes(name, data.decode("utf-16").encode() if wide else data)
    except UnicodeDecodeError:
        return file
    return SourceFile(name, made.open, size=made.size, origin=file.shown)
