"""Nothing in an extract is overlooked: each file is read, named as skipped, or the extract is refused."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.findings import SkippedFile
from termpost.tasks.extract.containers.gzipped import is_gzipped, unpacked
from termpost.tasks.extract.containers.refused_kinds import refuse_by_name
from termpost.tasks.extract.containers.text_tables import as_csv_text
from termpost.tasks.extract.containers.workbook import is_workbook, sheets_of
from termpost.tasks.extract.encoding import refuse_wide
from termpost.tasks.extract.inserts import inserts_apart
from termpost.tasks.extract.names import (
    as_one_name,
    is_part,
    is_system_file,
    is_system_folder,
    known_use,
    may_be_table,
)
from termpost.tasks.extract.near_names import meant_name
from termpost.tasks.formats.datasets import SUPPLEMENT_FOLDER
from termpost.tasks.formats.format import no_delimiter
from termpost.tasks.formats.other_exports import refuse_other_export
from termpost.tasks.formats.registry import (
    describes,
    detect,
    has_file,
    is_claimed,
    known_names,
    mixed_formats,
    names_formats,
    refuse,
)
from termpost.tasks.formats.source_file import SourceFile

SHOWN = 4  # files that one message names
MOST = 200_000  # files; the toolkit writes some for each piece of work


class ExtractFiles(list[SourceFile]):
    """The tables of an extract, the documents that go along with reports, and what lies beside them."""

    def __init__(
        self, files: Iterable[SourceFile] = (), skipped: Iterable[SkippedFile] = (), inserts: Iterable[SourceFile] = ()
    ) -> None:
        super().__init__(files)
        self.skipped = tuple(sorted(set(skipped), key=lambda file: file.name))
        self.inserts = tuple(inserts)  # by name


def refuse_too_many(files: int, where: str) -> None:
    """Raises InputError `too-many-files`; a listing asks while it goes on, since it may never end."""
    if files > MOST:
        raise InputError("too-many-files", "this is far more than a gradebook", where, "check the path")


def take_stock(entries: Sequence[SourceFile], where: str, *, packed: bool) -> ExtractFiles:
    """Sorts what lies in a folder, an archive, under a prefix or on a server.

    Args:
        entries: every file; a folder of an operating system may stand for what is in it, its name ending in a slash.
        packed: whether it is an archive, which cannot be named by a folder of it.

    Raises:
        InputError: `misspelt-file`, `misplaced-file`, `misplaced-insert`, `same-name`, `nested-zip`, `nested-folder`,
            `unread-kind`, `other-export`, `mixed-formats`, `unknown-format`, `unprintable-name`; or of a workbook.
    """
    refuse_too_many(len(entries), where)
    kept, skipped = _without_system_files(entries)
    kept, inserts = inserts_apart(kept)
    tables, empty = _opened(kept)
    skipped.extend(empty)
    _refuse_same_name(tables)
    parts = [file for file in tables if is_part(PurePosixPath(file.name))]
    _refuse_other_exports(tables)
    if not parts:
        _refuse_nested(tables, where, packed=packed)
    parts, others = _refuse_near_misses(tables, where)
    skipped.extend(_explained(others))
    found = finished(parts, skipped, where)
    return ExtractFiles(found, found.skipped, inserts)


def finished(parts: list[SourceFile], skipped: list[SkippedFile], where: str) -> ExtractFiles:
    """What the format of the extract reads of its parts; the rest is skipped by name.

    Raises:
        InputError: `no-csv`, `unknown-format`, `mixed-formats`.
    """
    parts = sorted(parts, key=lambda file: file.name)
    if not parts:
        raise InputError("no-csv", "there is no CSV file in it", where, "check the path of the extract")
    names = {file.name for file in parts}
    form = detect(parts)
    _refuse_unknown_format(parts, where)
    gradebooks = form.delimiter is not no_delimiter
    # a course may be called Results, and is no file of OneRoster then
    courses = {
        file.name for file in parts if gradebooks and file.name not in form.names and form.delimiter(file.beginning())
    }
    refuse(form, [file for file in parts if file.name not in courses], where)
    mixed = mixed_formats(form, parts)
    if mixed is not None:
        raise InputError(
            "mixed-formats", "a gradebook lies beside files of another format or system, which are not read together",
            f"{where}, {mixed}", "give the gradebooks of one system alone, or beside a roster of OneRoster",
        )  # fmt: skip
    known = {name for name in names if describes(form, name)}
    unknown = [SkippedFile(name=name, why="unknown") for name in names - known]
    return ExtractFiles((file for file in parts if file.name in known), [*skipped, *unknown])


def _refuse_unknown_format(parts: Sequence[SourceFile], where: str) -> None:
    """Raises InputError where nothing tells what the files are: eleven missing files would help nobody."""
    if not names_formats(parts):
        for file in parts:
            refuse_wide(file.head, file)
        what = (
            "this is none of the formats that are read: OneRoster 1.1 and 1.2 CSV, Ed-Fi LMS Toolkit, gradebooks of"
            " Canvas, Moodle, Blackboard, Brightspace"
        )
        raise InputError(
            "unknown-format", what, where, "export one of these; docs/formats.md says what each looks like"
        )


def _without_system_files(entries: Iterable[SourceFile]) -> tuple[list[SourceFile], list[SkippedFile]]:
    kept, skipped = [], []
    for entry in entries:
        path = PurePosixPath(entry.name)
        folders = path.parts if entry.name.endswith("/") else path.parts[:-1]
        hidden = next((place for place, folder in enumerate(folders) if is_system_folder(folder)), None)
        if hidden is not None:
            skipped.append(_skip("/".join(folders[: hidden + 1]) + "/"))
        elif is_system_file(path):
            skipped.append(_skip(entry.name))
        elif not entry.name.isprintable():
            raise InputError("unprintable-name", "a file's name holds an invisible character or a line break",
                             ascii(entry.name), "rename it, or take it out of the extract")  # fmt: skip
        else:
            kept.append(entry)
    return kept, skipped


def _skip(name: str) -> SkippedFile:
    return SkippedFile(name=name if name.isprintable() else ascii(name)[1:-1], why="system-file")


def _opened(entries: Iterable[SourceFile]) -> tuple[list[SourceFile], list[SkippedFile]]:
    """Files as they are, packed ones unpacked, and the sheets of workbooks."""
    found: list[SourceFile] = []
    skipped: list[SkippedFile] = []
    for entry in entries:
        if is_gzipped(entry.name):
            found.append(unpacked(entry))
        elif is_workbook(entry.name):
            sheets, empty = sheets_of(entry)
            found.extend(sheets)
            skipped.extend(empty)
        else:
            file = as_csv_text(entry)
            if file.name.casefold().endswith(".xls"):
                refuse_other_export(file)  # Blackboard's is text
            refuse_by_name(file.name, file.name)
            found.append(file)
    return [_as_csv(file) for file in found], skipped


def _as_csv(file: SourceFile) -> SourceFile:
    """With its ending in small letters, unless its name must be spelt exactly, which is looked at later."""
    small = in_small_letters(file)
    return file if small is file or meant_name(PurePosixPath(file.name)) else small


def in_small_letters(file: SourceFile) -> SourceFile:
    """`ALG-1.CSV` is ALG-1.csv: mail programs hand a file on so."""
    path = PurePosixPath(file.name)
    if path.suffix == ".csv" or path.suffix.lower() != ".csv":
        return file
    return SourceFile(str(path.with_suffix(".csv")), file.open, file.path, file.size, file.shown)


def _refuse_same_name(files: Iterable[SourceFile]) -> None:
    by_name: defaultdict[str, list[SourceFile]] = defaultdict(list)
    for file in files:
        by_name[as_one_name(file.name)].append(file)
    for same in by_name.values():
        if len(same) > 1:
            raise InputError("same-name", "two files become one by their names", ", ".join(f.shown for f in same),
                             "take out the one that does not count")  # fmt: skip


def _refuse_other_exports(files: Sequence[SourceFile]) -> None:
    is_bundle = any(file.name == "users.csv" for file in files)
    for file in files:
        path = PurePosixPath(file.name)
        if len(path.parts) == 1 and may_be_table(path) and not (is_bundle and file.name in known_names()):
            refuse_other_export(file)


def _refuse_nested(files: Sequence[SourceFile], where: str, *, packed: bool) -> None:
    """The folder was packed or named instead of what is in it."""
    folders = sorted({
        path.parts[0]
        for path in (PurePosixPath(file.name) for file in files)
        if len(path.parts) > 1 and is_part(PurePosixPath(*path.parts[1:]))
    })  # fmt: skip
    if not folders:
        return
    shown = ", ".join(f"{folder}/" for folder in folders[:SHOWN]) + (", …" if len(folders) > SHOWN else "")
    if packed:
        raise InputError("nested-zip", f"there is no CSV file at the root; they lie in {shown}", where,
                         "zip the files themselves, not the folder they lie in")  # fmt: skip
    raise InputError("nested-folder", f"there is no CSV file at the root; they lie in {shown}", where,
                     f"name the folder itself, as …/{folders[0]}")  # fmt: skip


def _refuse_near_misses(files: Sequence[SourceFile], where: str) -> tuple[list[SourceFile], list[SourceFile]]:
    """Parts, and what is none and is like none: a near miss could hold a restriction, which would be lost."""
    parts, others, meant = [], [], dict[str, str]()
    for file in files:
        path = PurePosixPath(file.name)
        at_root = len(path.parts) == 1
        right = None if not at_root and has_file(path) else meant_name(path)
        if right is not None and not (at_root and is_part(path) and is_claimed(file.beginning())):
            meant[file.shown] = right
        elif is_part(path) and _is_read(file, path):
            parts.append(file)
        elif may_be_table(path) and file.size != 0 and is_claimed(file.beginning()):
            what = "a gradebook lies where none is read, or under a name that is not read"
            raise InputError("misplaced-file", what, file.shown,
                             f"put it at the root of the extract as {path.stem}.csv")  # fmt: skip
        else:
            others.append(file)
    if meant:
        if all(name.casefold() == right.casefold() for name, right in meant.items()) and len(meant) == 1:
            refuse(detect(files), files, where)  # of a file that a bundle needs, that it is missing says more
        raise _misspelt(meant, {file.name for file in files})
    return parts, others


def _is_read(file: SourceFile, path: PurePosixPath) -> bool:
    """Of a part by its place: whether its name may be that of a table."""
    if file.name in known_names():
        return True
    if len(path.parts) > 1:
        return path.parts[0] != SUPPLEMENT_FOLDER
    return known_use(path, _size(file)) is None or is_claimed(file.beginning())


def _misspelt(meant: dict[str, str], there: set[str]) -> InputError:
    first = list(meant.items())[:SHOWN]
    more = f" and {len(meant) - SHOWN:,} more" if len(meant) > SHOWN else ""
    mends = ", ".join(_mend(name, right, is_there=right in there) for name, right in first)
    what = "a file would be overlooked, for it is not named or placed as the files that are read"
    return InputError("misspelt-file", what, ", ".join(name for name, _ in first) + more,
                      f"{mends}{more}; or take it out of the extract")  # fmt: skip


def _explained(others: Iterable[SourceFile]) -> Iterable[SkippedFile]:
    for file in others:
        yield SkippedFile(name=file.shown, why=known_use(PurePosixPath(file.name), _size(file)) or "unknown")


def _size(file: SourceFile) -> int:
    if file.size is not None:
        return file.size
    with file.open() as source:
        return len(source.read(2**11))  # whether it is empty or short is all that is asked


def _mend(name: str, right: str, *, is_there: bool) -> str:
    shown = f"“{name}”" if name != name.strip() or " ." in name else name  # a blank at an end would not be seen
    if is_there:
        return f"{right} is there too, so leave out {shown} or let it take its place"
    return f"{shown} must be {'spelt ' if name.casefold() == right.casefold() else ''}{right}"
