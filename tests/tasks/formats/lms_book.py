"""Folders of the Ed-Fi LMS Toolkit: the public sample to plant faults in, and from a model to files."""

import csv
import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters

SAMPLE = Path(__file__).parents[2] / "data" / "lms-toolkit.zip"
FORM = "lms-toolkit/1"
WHEN = "2021-07-01-00-00-00.csv"
DATES = {"CreateDate": "2021-08-20 00:00:00", "LastModifiedDate": "2021-08-20 00:00:00"}
ALWAYS = ("CreateDate", "LastModifiedDate", "SourceCreateDate", "SourceLastModifiedDate")
HEADERS = {
    "users": (
        "SourceSystemIdentifier",
        "SourceSystem",
        "UserRole",
        "LocalUserIdentifier",
        "SISUserIdentifier",
        "Name",
        "EmailAddress",
    ),
    "sections": (
        "SourceSystemIdentifier",
        "SourceSystem",
        "SISSectionIdentifier",
        "Title",
        "SectionDescription",
        "Term",
        "LMSSectionStatus",
    ),
    "section-associations": (
        "SourceSystemIdentifier",
        "SourceSystem",
        "EnrollmentStatus",
        "LMSUserSourceSystemIdentifier",
        "LMSSectionSourceSystemIdentifier",
    ),
    "assignments": (
        "SourceSystemIdentifier",
        "SourceSystem",
        "Title",
        "AssignmentCategory",
        "AssignmentDescription",
        "StartDateTime",
        "EndDateTime",
        "DueDateTime",
        "SubmissionType",
        "MaxPoints",
        "LMSSectionSourceSystemIdentifier",
    ),
    "submissions": (
        "SourceSystemIdentifier",
        "SourceSystem",
        "SubmissionStatus",
        "SubmissionDateTime",
        "EarnedPoints",
        "Grade",
        "AssignmentSourceSystemIdentifier",
        "LMSUserSourceSystemIdentifier",
    ),
    "grades": (
        "SourceSystemIdentifier",
        "SourceSystem",
        "Grade",
        "GradeType",
        "LMSUserLMSSectionAssociationSourceSystemIdentifier",
    ),
    "attendance-events": (
        "SourceSystemIdentifier",
        "SourceSystem",
        "EventDate",
        "AttendanceStatus",
        "LMSSectionAssociationSystemIdentifier",
        "LMSUserSourceSystemIdentifier",
        "LMSUserLMSSectionAssociationSourceSystemIdentifier",
    ),
}


@dataclass
class Folders:
    """Files in memory: name → rows, header first; rows are 1-based without it."""

    files: dict[str, list[list[str]]] = field(default_factory=dict)

    @classmethod
    def sample(cls) -> "Folders":
        with zipfile.ZipFile(SAMPLE) as archive:
            return cls(
                {
                    name: list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
                    for name in archive.namelist()
                }
            )

    def add(self, folder: str, when: str = WHEN, /, **cells: str) -> int:
        """A row of a folder's file; gives its number."""
        header = [*HEADERS[folder.rsplit("/", 1)[-1]], *ALWAYS]
        rows = self.files.setdefault(f"{folder}/{when}", [header])
        rows.append([{**DATES, **cells}.get(column, "") for column in rows[0]])
        return len(rows) - 1

    def put(self, file: str, row: int, column: str, value: str) -> None:
        rows = self.files[file]
        rows[row][rows[0].index(column)] = value

    def get(self, file: str, row: int, column: str) -> str:
        rows = self.files[file]
        return rows[row][rows[0].index(column)]

    def records(self, kind: str) -> list[dict[str, str]]:
        """The rows of every file in a folder of that name, as an independent reader has them."""
        return [
            dict(zip(rows[0], row, strict=False))  # a torn row has fewer
            for name, rows in sorted(self.files.items())
            if name.split("/")[-2] == kind
            for row in rows[1:]
        ]

    def write(self, folder: Path) -> dict[str, str]:
        """Logical file name → path."""
        for name, rows in self.files.items():
            out = io.StringIO(newline="")
            csv.writer(out, lineterminator="\n").writerows(rows)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(out.getvalue(), encoding="utf-8-sig", newline="")
        return {name: str(folder / name) for name in self.files}


def check_sources(sources: dict[str, str], form: str) -> Findings:
    with duckdb.connect() as con:
        findings = hold_against_contracts(con, sources, "extract-1", CheckParameters(), form)
    for file in findings.files:  # law 1, wherever a check is run
        assert file.rows == file.accepted + file.quarantined
    return findings
