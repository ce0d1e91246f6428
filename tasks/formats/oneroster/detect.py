"""Which version of OneRoster a bundle is."""

from collections.abc import Mapping, Sequence

from termpost.tasks.formats.oneroster.manifest import read_manifest
from termpost.tasks.formats.source_file import SourceFile

UNUSED = frozenset({
    "classResources.csv", "courseResources.csv", "resources.csv", "userProfiles.csv", "userResources.csv",
})  # fmt: skip


def version_of(files: Mapping[str, SourceFile]) -> str:
    """What manifest.csv says of itself; where it says nothing, 1.2 has roles in a file of their own."""
    version = read_manifest(files.values()).properties.get("oneroster.version", "")
    if version:
        return "1.2" if version.startswith("1.2") else "1.1"  # of any other version the check says that it is not read
    return "1.2" if "roles.csv" in files else "1.1"


def is_unused(file: str) -> bool:
    return file in UNUSED


def is_delta(files: Sequence[SourceFile]) -> bool:
    """Whether any of its files holds changes only."""
    return bool(read_manifest(files).deltas)
