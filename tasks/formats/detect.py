"""Which format an extract is, told from its names and first lines alone."""

from collections.abc import Sequence

from termpost.tasks.formats.delimiter import is_canvas_header
from termpost.tasks.formats.oneroster.manifest import read_manifest
from termpost.tasks.formats.source_file import SourceFile

ONEROSTER, LMS_TOOLKIT, CANVAS = "oneroster-csv", "lms-toolkit", "canvas-gradebook"


def recognise(files: Sequence[SourceFile]) -> tuple[str, str]:
    """Format and version, as the contracts name them: ("oneroster-csv", "1.2").

    What is no other format is taken for OneRoster, whose contracts then say what is missing.
    """
    by_name = {file.name: file for file in files}
    if "users.csv" not in by_name:
        if any(name.startswith(("section=", "users/")) for name in by_name):
            return LMS_TOOLKIT, "1"
        if any(is_canvas_header(_beginning(file)) for file in files if "/" not in file.name):
            return CANVAS, "1"
    return ONEROSTER, _oneroster_version(by_name)


def _oneroster_version(by_name: dict[str, SourceFile]) -> str:
    """What manifest.csv says of itself; where it says nothing, 1.2 has roles in a file of their own."""
    version = read_manifest(by_name.values()).properties.get("oneroster.version", "")
    if version:
        return "1.2" if version.startswith("1.2") else "1.1"  # of any other version the check says that it is not read
    return "1.2" if "roles.csv" in by_name else "1.1"


def _beginning(file: SourceFile) -> str:
    with file.open() as source:
        return source.read(65_536).decode("utf-8", errors="replace")
