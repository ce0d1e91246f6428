"""What the check stage found in an extract: counts, problems, the rows to leave out and the students to hold.

Ids of students stand in `holds`, `hold_places`, `held_students` and nowhere else; the object stays in quarantine.
"""

from typing import Literal, NamedTuple

from termpost.schemas.base.frozen import FrozenModel

FINDINGS_FORMAT: Literal["termpost.findings/1"] = "termpost.findings/1"

Severity = Literal["error", "warning", "fatal"]
SkipReason = Literal["system-file", "readme", "marker", "checksum", "empty-sheet", "not-used", "older", "unknown"]
CheckOutcome = Literal["accepted", "accepted_with_holds", "rejected"]


class FileCount(FrozenModel):
    """Law 1: rows = accepted + quarantined."""

    name: str  # logical name, "users.csv", "supplement/contacts.csv"
    rows: int
    accepted: int
    quarantined: int


class ColumnCount(FrozenModel):
    """How many cells of a column are not blank; columns in which none is are not listed."""

    file: str  # as its contract calls it, and the column too
    column: str
    values: int


class Problem(FrozenModel):
    """One finding; no value of the data is in it."""

    rule: str  # closed code, docs/contracts.md
    severity: Severity
    file: str
    row: int | None  # 1-based, without the header; None: the file as a whole
    column: str | None  # header name, as the contract has it
    key: str | None  # the row's own sourcedId, only in files that are not about persons
    message: str
    remedy: str = ""  # absent in findings of earlier versions


class ProblemCount(FrozenModel):
    """How often a rule was broken in a file; `problems` lists the first of them only."""

    rule: str
    severity: Severity
    file: str
    count: int


class Rejected(NamedTuple):
    """A row to leave out, and why. A row that breaks several rules is there once for each."""

    file: str
    row: int
    rule: str
    column: str | None


class CheckHold(FrozenModel):
    """A student whose report, or one course of it, waits (law 2)."""

    student: str  # source id
    class_id: str | None  # source id; None: the whole report
    reason: str  # the rule that was broken


class HoldSource(NamedTuple):
    """The first row by which a student is held for a reason; no row of its own: there is none."""

    student: str  # source id
    class_id: str | None
    reason: str
    file: str
    row: int  # 1-based, without the header
    rows: int  # how many there are


class SkippedFile(FrozenModel):
    """A file of the extract, or a folder (its name ends with a slash), of which nothing was read."""

    name: str
    why: SkipReason


class Findings(FrozenModel):
    """The whole answer of the check stage."""

    format: Literal["termpost.findings/1"] = FINDINGS_FORMAT
    extract_id: str
    extract_format: str  # "oneroster-csv"
    extract_version: str  # "1.1"
    timezone: str = "UTC"  # in which instants were read as days; absent in findings of earlier versions
    outcome: CheckOutcome
    files: tuple[FileCount, ...]
    problems: tuple[Problem, ...]
    counts: tuple[ProblemCount, ...]
    rejected: tuple[Rejected, ...]
    holds: tuple[CheckHold, ...]
    held_students: tuple[str, ...]
    skipped: tuple[SkippedFile, ...] = ()  # by name; absent in findings of earlier versions
    columns: tuple[ColumnCount, ...] = ()  # absent in findings of earlier versions
    hold_places: tuple[HoldSource, ...] = ()  # by student; absent in findings of earlier versions

    @property
    def form(self) -> str:
        """Format and version of the extract in one: "oneroster-csv/1.1"."""
        return f"{self.extract_format}/{self.extract_version}"

    @property
    def accepted(self) -> int:
        """Rows accepted, over all files."""
        return sum(file.accepted for file in self.files)

    @property
    def quarantined(self) -> int:
        """Rows quarantined, over all files."""
        return sum(file.quarantined for file in self.files)


def findings_key(extract_id: str) -> str:
    """Where the findings of an extract lie in the store."""
    return f"quarantine/{extract_id}/findings.json"


def validation_key(extract_id: str) -> str:
    """Where the validation page of an extract lies in the store."""
    return f"quarantine/{extract_id}/validation.html"


def as_json(findings: Findings) -> dict[str, object]:
    """The promised keys of `termpost check --json`, and no others."""
    return {
        "extract_id": findings.extract_id,
        "format": findings.extract_format,
        "version": findings.extract_version,
        "outcome": findings.outcome,
        "files": [file.model_dump() for file in findings.files],
        "problems": [problem.model_dump() for problem in findings.problems],
        "held_students": list(findings.held_students),
        "skipped": [file.model_dump() for file in findings.skipped],
    }
