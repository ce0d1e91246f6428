"""Files that hold a gradebook in a way that is not read, each by its name and with what to do instead."""

import stat
from pathlib import PurePosixPath

from termpost.schemas.base.errors import InputError

AS_CSV = "open it and save each table as “CSV UTF-8”, or as .xlsx"
UNPACK = "unpack it, and zip the files themselves (.zip)"
OWN = "it is not looked into: unpack it and give its files, name it by itself, or take it out of the extract"
KINDS: dict[str, tuple[str, str]] = {
    ".7z": ("a 7z archive", UNPACK),
    ".rar": ("a RAR archive", UNPACK),
    ".lzh": ("an LZH archive", UNPACK),
    ".zst": ("a Zstandard file", UNPACK),
    ".bz2": ("a bzip2 file", UNPACK),
    ".xz": ("an xz file", UNPACK),
    ".zip": ("a zip inside the extract", OWN),
    ".tar": ("a tar inside the extract", OWN),
    ".tgz": ("a tar inside the extract", OWN),
    ".gz": ("a gzip file that is no .csv.gz", UNPACK),
    ".xls": ("a workbook of Excel 97 (.xls)", AS_CSV),
    ".xlsb": ("a binary Excel workbook (.xlsb)", AS_CSV),
    ".ods": ("an OpenDocument spreadsheet (.ods)", AS_CSV),
    ".numbers": ("an Apple Numbers document", "export it from Numbers as CSV (UTF-8)"),
    ".mdb": ("an Access database", AS_CSV),
    ".accdb": ("an Access database", AS_CSV),
    ".gpg": ("an encrypted file (GPG)", "decrypt it first"),
    ".pgp": ("an encrypted file (PGP)", "decrypt it first"),
}
NO_FILES = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# by what a file begins with, whatever it is called; a zip is told by its members
BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"7z\xbc\xaf\x27\x1c", ".7z"),
    (b"Rar!\x1a\x07", ".rar"),
    (OLE, ".xls"),  # an OLE container: Excel 97, or a newer one behind a password
    (b"BZh", ".bz2"),
    (b"\xfd7zXZ\0", ".xz"),
    (b"\x28\xb5\x2f\xfd", ".zst"),
)
PAGES = (b"<!doctype html", b"<html")
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
LONGEST_BEGINNING = 512  # bytes


def linked_folder(name: str) -> InputError:
    return InputError("linked-folder", "a folder of the extract is a link, and is not followed", name,
                      "copy the folder itself, or take it out")  # fmt: skip


def not_a_file(mode: int, name: str) -> InputError:
    """A link could lead to any file of this machine, and reading a device or a pipe may never end."""
    kind = NO_FILES.get(stat.S_IFMT(mode), "a device")
    return InputError("not-a-file", f"this is {kind}, which is not read", ascii(name)[1:-1],
                      "put the file itself in its place, or take it out of the extract")  # fmt: skip


def refused(suffix: str, where: str) -> InputError:
    """Of a kind of KINDS."""
    what, remedy = KINDS[suffix]
    return InputError("unread-kind", f"this is {what}, which is not read", where, remedy)


def refuse_by_name(name: str, where: str) -> None:
    """Refuses a file that must not be passed over: it may hold marks, people or restrictions.

    Raises:
        InputError: `unread-kind`.
    """
    suffix = PurePosixPath(name.strip()).suffix.casefold()
    if suffix in KINDS:
        raise refused(suffix, where)


def refuse_by_beginning(beginning: bytes, where: str) -> None:
    """Refuses what is no text, a zip or a gzip, told from its first bytes.

    Raises:
        InputError: `unread-kind`; `password` for a workbook that one protects; `not-csv` of a page or a PDF.
    """
    for first, suffix in BEGINNINGS:
        if beginning.startswith(first):
            if suffix == ".xls" and where.casefold().endswith((".xlsx", ".xlsm")):
                raise InputError("password", "the workbook is protected by a password", where,
                                 "save it without one, or as CSV UTF-8")  # fmt: skip
            raise refused(suffix, where)
    if beginning.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(PAGES):
        raise InputError("not-csv", "this is a web page, as a login or an error page saved instead of the file", where,
                         "download the file again, logged in")  # fmt: skip
    if beginning.startswith(b"%PDF"):
        raise InputError("not-csv", "this is a PDF, and no data can be read from it", where, "export the data as CSV")


def refuse_zip_of_an_office(members: set[str], where: str) -> None:
    """A zip that is really a document.

    Raises:
        InputError: `unread-kind`, or `wrong-suffix` of a workbook.
    """
    if "xl/workbook.xml" in members:
        raise InputError("wrong-suffix", "this is an Excel workbook under another name", where,
                         "let its name end in .xlsx")  # fmt: skip
    if "xl/workbook.bin" in members:
        raise refused(".xlsb", where)
    if "Index/Document.iwa" in members or "Index.zip" in members:
        raise refused(".numbers", where)
    if {"mimetype", "content.xml"} <= members:
        raise refused(".ods", where)
    if "word/document.xml" in members:
        raise InputError("not-csv", "this is a Word document, and no data can be read from it", where,
                         "export the data as CSV")  # fmt: skip
