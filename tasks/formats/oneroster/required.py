"""What must be there before anything is read; which columns and rows are needed is said by the contracts."""

from collections.abc import Collection, Sequence

from termpost.schemas.base.errors import InputError
from termpost.tasks.formats.oneroster.detect import UNUSED
from termpost.tasks.formats.oneroster.manifest import MANIFEST, read_manifest
from termpost.tasks.formats.source_file import SourceFile

# of OneRoster: without these there is no report
REQUIRED = (
    "academicSessions.csv",
    "classes.csv",
    "enrollments.csv",
    "lineItems.csv",
    "orgs.csv",
    "results.csv",
    "users.csv",
)
ONEROSTER = frozenset(REQUIRED) | {
    "manifest.csv", "categories.csv", "courses.csv", "demographics.csv", "roles.csv", "userProfiles.csv",
    "classResources.csv", "courseResources.csv", "resources.csv", "userResources.csv", "scoreScales.csv",
    "lineItemScoreScales.csv", "resultScoreScales.csv", "lineItemLearningObjectiveIds.csv",
    "resultLearningObjectiveIds.csv",
}  # fmt: skip
USED = ONEROSTER - UNUSED
_ANY_CASE = frozenset(name.lower() for name in ONEROSTER)


def looks_like_oneroster(names: Collection[str]) -> bool:
    """One of its files lies at the root, however it is spelt."""
    return any(name.lower() in _ANY_CASE for name in names)


def refuse(files: Sequence[SourceFile], where: str) -> None:
    """Refuses a OneRoster bundle that has nothing new or lacks a required file; of a delta the rest was loaded before.

    Raises:
        InputError: `no-updates`; `missing-file`, naming the file.
    """
    said = read_manifest(files)
    if [file.name for file in files] == [MANIFEST] and said.properties:
        # a package of the manifest alone says that nothing has changed (OneRoster CSV binding)
        what = "the extract holds a manifest and nothing else: there are no updates"
        raise InputError("no-updates", what, where, "nothing is to be done; what was loaded last still holds")
    if not said.deltas:
        refuse_incomplete({file.name for file in files}, where)


def refuse_incomplete(names: Collection[str], where: str, required: Sequence[str] = REQUIRED) -> None:
    """Refuses a OneRoster bundle that lacks a required file.

    Raises:
        InputError: names the file.
    """
    if not looks_like_oneroster(names):
        return
    for name in required:
        if name not in names:
            raise InputError(
                "missing-file", f"{name} is missing", where, f"export it again with {name}" + _near(name, names)
            )


def _near(name: str, present: Collection[str]) -> str:
    """Names are case-sensitive (OneRoster 1.1 §3.2), which is easily overlooked."""
    other = next((p for p in present if p.lower() == name.lower()), None)
    return f"; {other} must be spelt {name}" if other else ""
