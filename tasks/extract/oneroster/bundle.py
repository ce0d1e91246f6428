"""The CSV files of OneRoster that the collections of a service become."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.oneroster.versions import ServiceVersion
from termpost.tasks.formats.service_notes import SERVICE
from termpost.tasks.formats.source_file import SourceFile, from_bytes

HEADER = ("propertyName", "value")


def as_line(cells: Iterable[str]) -> str:
    """One row as CSV (RFC 4180)."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def as_bundle(
    version: ServiceVersion,
    rows: Mapping[str, list[tuple[str, str]]],
    system: str,
    notes: Mapping[str, Collection[str]],
) -> list[SourceFile]:
    """The files, sorted by name, with their rows in the order of their ids: how a service orders says nothing.

    Args:
        version: of the service, and so of the files.
        rows: file name → (sourcedId, line). A file without rows is left out unless a report needs it.
        system: what the manifest calls the source.
        notes: collection → what of the service the check shall report; the manifest carries it there.
    """
    layouts = version.layouts
    needed = {file for collection in version.collections if collection.required for file in collection.files}
    lines = {name: [line for _, line in sorted(found)] for name, found in rows.items() if found or name in needed}
    known = (*(name.removesuffix(".csv") for name in layouts), *version.not_asked)
    modes = {name: "bulk" if f"{name}.csv" in lines else "absent" for name in known}
    manifest = [
        HEADER, ("manifest.version", "1.0"), ("oneroster.version", version.name),
        *((f"file.{name}", mode) for name, mode in sorted(modes.items())), ("source.systemName", system),
        *((f"{SERVICE}{name}", " ".join(sorted(said))) for name, said in sorted(notes.items()) if said),
    ]  # fmt: skip
    texts = {name: as_line(layouts[name].columns) + "".join(found) for name, found in lines.items()}
    texts["manifest.csv"] = "".join(as_line(row) for row in manifest)
    return [from_bytes(name, _encoded(name, texts[name])) for name in sorted(texts)]


def _encoded(name: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can escape
        raise InputError("not-text", "a text of the service is no Unicode", name, "ask who runs the service") from None
