"""A OneRoster bundle made for a test of grades: one school, one term, classes that one student or more takes."""

import csv
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from termpost.flows.cli import main

HEADERS = {
    "academicSessions.csv": "sourcedId status dateLastModified title type startDate endDate parentSourcedId schoolYear",
    "categories.csv": "sourcedId status dateLastModified title",
    "classes.csv": "sourcedId status dateLastModified title grades courseSourcedId classCode classType location"
    " schoolSourcedId termSourcedIds subjects subjectCodes periods",
    "courses.csv": "sourcedId status dateLastModified schoolYearSourcedId title courseCode grades orgSourcedId subjects"
    " subjectCodes",
    "enrollments.csv": "sourcedId status dateLastModified classSourcedId schoolSourcedId userSourcedId role primary"
    " beginDate endDate",
    "lineItems.csv": "sourcedId status dateLastModified title description assignDate dueDate classSourcedId"
    " categorySourcedId gradingPeriodSourcedId resultValueMin resultValueMax",
    "orgs.csv": "sourcedId status dateLastModified name type identifier parentSourcedId",
    "results.csv": "sourcedId status dateLastModified lineItemSourcedId studentSourcedId scoreStatus score scoreDate"
    " comment",
    "users.csv": "sourcedId status dateLastModified enabledUser orgSourcedIds role username userIds givenName"
    " familyName middleName identifier email sms phone agentSourcedIds grades password",
    "supplement/dueDates.csv": "studentSourcedId lineItemSourcedId dueDate",
    "supplement/grades.csv": "studentSourcedId classSourcedId academicSessionSourcedId grade percent note",
    "supplement/contacts.csv": "studentSourcedId contactSourcedId relation isPrimary livesWith emergency legalGuardian"
    " contactRestrictions street city state postalCode email preferredLanguage",
    "supplement/students.csv": "studentSourcedId preferredLanguage verdict",
}
# what 1.2 has otherwise
HEADERS_1_2 = {
    "categories.csv": "sourcedId status dateLastModified title weight",
    "lineItems.csv": "sourcedId status dateLastModified title description assignDate dueDate classSourcedId"
    " categorySourcedId academicSessionSourcedId resultValueMin resultValueMax schoolSourcedId",
    "results.csv": "sourcedId status dateLastModified lineItemSourcedId studentSourcedId scoreStatus score scoreDate"
    " comment textScore classSourcedId inProgress incomplete late missing",
    "users.csv": "sourcedId status dateLastModified enabledUser username userIds givenName familyName middleName"
    " identifier email sms phone agentSourcedIds grades password userMasterIdentifier resourceSourcedIds"
    " preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns",
    "roles.csv": "sourcedId status dateLastModified userSourcedId roleType role beginDate endDate orgSourcedId"
    " userProfileSourcedId",
    "manifest.csv": "propertyName value",
}
DUE, MARKED = "2021-09-08", "2021-09-08"  # a later day would be late work under a [late] policy


@dataclass
class Bundle:
    """Rows by file; `write` puts them on disk."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    version: str = "1.1"

    def __post_init__(self) -> None:
        self.add("orgs.csv", sourcedId="school", name="School", type="school")
        self.session("year", "schoolYear", "")
        self.session("term", "term", "year")
        self.student("s1")

    def add(self, file: str, /, **cells: str) -> None:
        self.rows.setdefault(file, []).append(cells)

    def session(self, name: str, kind: str, parent: str, start: str = "2021-08-23", end: str = "2021-12-18") -> None:
        self.add("academicSessions.csv", sourcedId=name, title=name, type=kind, startDate=start, endDate=end,
                 parentSourcedId=parent, schoolYear="2022")  # fmt: skip

    def student(self, person: str) -> None:
        self.add("users.csv", sourcedId=person, enabledUser="true", orgSourcedIds="school", role="student",
                 username=person, givenName="Given", familyName="Family")  # fmt: skip

    def klass(self, class_id: str, *people: str, terms: str = "term") -> None:
        self.add("courses.csv", sourcedId=f"k-{class_id}", title=f"Course {class_id}", orgSourcedId="school")
        self.add("classes.csv", sourcedId=class_id, title=f"Class {class_id}", courseSourcedId=f"k-{class_id}",
                 classType="scheduled", schoolSourcedId="school", termSourcedIds=terms)  # fmt: skip
        for person in people or ("s1",):
            seat = {"classSourcedId": class_id, "schoolSourcedId": "school", "userSourcedId": person, "role": "student"}
            self.add("enrollments.csv", sourcedId=f"e-{class_id}-{person}", beginDate="2021-08-23", **seat)

    def category(self, category_id: str, title: str) -> None:
        self.add("categories.csv", sourcedId=category_id, title=title)

    def item(self, item: str, class_id: str, category: str, possible: Any, session: str = "term", **cells: str) -> None:
        self.add("lineItems.csv", **{
            "sourcedId": item, "title": f"Item {item}", "assignDate": "2021-09-01", "dueDate": DUE,
            "classSourcedId": class_id, "categorySourcedId": category, "gradingPeriodSourcedId": session,
            "resultValueMin": "0", "resultValueMax": str(possible), **cells,
        })  # fmt: skip

    def mark(self, item: str, score: Any, person: str = "s1", **cells: str) -> None:
        self.add("results.csv", **{
            "sourcedId": f"r-{item}-{person}", "lineItemSourcedId": item, "studentSourcedId": person,
            "scoreStatus": "fully graded", "score": "" if score is None else str(score), "scoreDate": MARKED, **cells,
        })  # fmt: skip

    def _as_1_2(self) -> None:
        """Renames and adds what 1.2 wants."""
        for said in (("manifest.version", "1.0"), ("oneroster.version", "1.2")):
            self.add("manifest.csv", propertyName=said[0], value=said[1])
        for item in self.rows["lineItems.csv"]:
            item["academicSessionSourcedId"] = item.pop("gradingPeriodSourcedId")
            item["schoolSourcedId"] = "school"
        for user in self.rows["users.csv"]:
            self.add("roles.csv", sourcedId=f"role-{user['sourcedId']}", userSourcedId=user["sourcedId"],
                     roleType="primary", role=user.pop("role"), orgSourcedId=user.pop("orgSourcedIds"))  # fmt: skip
            user["primaryOrgSourcedId"] = "school"

    def write(self, folder: Path) -> Path:
        headers = HEADERS | HEADERS_1_2 if self.version == "1.2" else HEADERS
        if self.version == "1.2":
            self._as_1_2()
        for name, header in headers.items():
            if name in self.rows:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                with (folder / name).open("w", newline="", encoding="utf-8") as out:
                    writer = csv.DictWriter(out, header.split(), restval="")
                    writer.writeheader()
                    writer.writerows(self.rows[name])
        return folder


@dataclass(frozen=True)
class Answer:
    """What `termpost grades` said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.out)
        return value

    def course(self, class_id: str, student: str = "s1") -> dict[str, Any]:
        (found,) = (c for c in self.json["courses"] if (c["class"], c["student"]) == (class_id, student))
        return dict(found)


def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: object) -> Answer:
    """Types `termpost grades ...` into this process."""
    monkeypatch.setattr(sys, "argv", ["termpost", "grades", *map(str, arguments)])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return Answer(int(ended.value.code or 0), out, err)
