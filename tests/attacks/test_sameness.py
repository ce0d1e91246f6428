"""Rights rule 3: no spelling of an address or a mailbox brings a letter or a report to somebody barred."""

import csv
import json
from pathlib import Path

from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.tasks.rights.sameness.outcome import Sameness

from tests.school import CYCLE, KYLE, Prepared

CASES = Path(__file__).parents[1] / "data" / "sameness" / "cases.csv"
CONTACTS = "supplement/contacts.csv"


def judged(kind: str) -> list[dict[str, str]]:
    """Some of every outcome; tests/tasks/rights/test_sameness.py holds all of them."""
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    return [row for outcome in Sameness for row in [one for one in rows if one["outcome"] == outcome][::4]]


def test_every_spelling_that_people_judged_is_asked_about_or_served(school: Prepared) -> None:
    """A pair of contacts for each case, of one student: a barred one, and a guardian who has the other spelling."""
    extract = school.extract
    users, contacts = extract.read("users.csv"), extract.read(CONTACTS)
    students, wanted = [], {}
    for kind in ("address", "mailbox"):
        for number, case in enumerate(judged(kind)):
            student = f"{kind}-{number}"
            students.append(student)
            like = case["outcome"] != "different"
            rule = ("shared-with-barred" if kind == "mailbox" else "address-of-barred") if like else None
            for who, value, cells in (
                ("barred", case["one"], {"relation": "Father", "contactRestrictions": "no-contact"}),
                ("other", case["other"], {"relation": "Guardian", "legalGuardian": "true"}),
            ):
                ref, house = f"{student}-{who}", f"{1 if who == 'barred' else 2}00 Unlike Road"
                users.append({"sourcedId": ref, "enabledUser": "true", "orgSourcedIds": "255901001", "role": "guardian",
                              "givenName": who, "familyName": f"{who}{student}"})  # fmt: skip
                contacts.append({
                    "studentSourcedId": student, "contactSourcedId": ref, "city": "Grand Bend", "postalCode": "78834",
                    "street": value if kind == "address" else house, "email": value if kind == "mailbox" else "",
                } | cells)  # fmt: skip
            wanted[student] = rule
    copied = {
        "users.csv": "sourcedId", "demographics.csv": "sourcedId", "enrollments.csv": "userSourcedId",
        "results.csv": "studentSourcedId",
    }  # fmt: skip
    extract.write("users.csv", users)
    for name, column in copied.items():
        rows = extract.read(name)
        mine = [row for row in rows if row[column] == KYLE]
        for student in students:
            for row in mine:
                own = {} if column == "sourcedId" else {"sourcedId": f"{row['sourcedId']}-{student}"}
                bare = {"identifier": student, "agentSourcedIds": "", "email": ""} if name == "users.csv" else {}
                rows.append(row | {column: student} | own | bare)
        extract.write(name, rows)
    extract.write(CONTACTS, contacts)
    school.prepare(extract)

    said = ["recipients", "--cycle", CYCLE, "--home", str(school.home), "--as-of", "2021-12-17", "--json"]
    rows = json.loads(CliRunner().invoke(termpost, said, standalone_mode=False, catch_exceptions=False).stdout)
    found = {
        row["student"]: row["letter"] if row["allowed"] else row["rule"]
        for row in rows if str(row["contact"]).endswith("-other")
    }  # fmt: skip
    assert {student: found[student] for student in students} == wanted
    asked = {row["student"] for row in rows if row["question"] and str(row["contact"]).endswith("-other")}
    assert asked == {student for student, rule in wanted.items() if rule}
