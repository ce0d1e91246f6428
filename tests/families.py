"""docs/who-gets-what.md as data: each family's record, and what it must get; and a district built from it."""

import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.school import EXAMPLES, Extract, whole_extract

TABLE = EXAMPLES.parent / "docs" / "who-gets-what.md"
SCHOOLS = {"1": ("255901001", "123456780"), "2": ("255901002", "class-2")}
CELLS = {"bar": "contactRestrictions", "from": "restrictionFrom", "until": "restrictionUntil",
         "agreement": "agreementUntil", "paper": "restrictionDocument", "confidential": "addressConfidential",
         "lang": "preferredLanguage", "by": "preferredChannel"}  # fmt: skip


@dataclass(frozen=True)
class Delivered:
    """One parcel: its reports, its channels, its language."""

    children: frozenset[str]
    channels: frozenset[str]
    language: str
    home: str  # house of the letter
    notice: bool


@dataclass
class Family:
    """One row."""

    number: int
    name: str
    students: dict[str, dict[str, str]] = field(default_factory=dict)
    contacts: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)  # who, relation, child, cells
    delivered: dict[str, Delivered] = field(default_factory=dict)
    refused: set[tuple[str, str, str, bool]] = field(default_factory=set)  # contact, child, rule, a question
    waits: dict[str, str] = field(default_factory=dict)  # child → reason

    def id(self, person: str) -> str:
        return f"f{self.number:02d}-{person}"

    def student_number(self, student: str) -> str:
        return str(600000 + 10 * self.number + list(self.students).index(student))

    def mailbox(self, contact: str) -> str:
        """The e-mail address that the record has of a contact, or that of the last row that has one."""
        (name,) = {keys["email"] for who, _, _, keys in self.contacts if who == contact and keys.get("email")}
        return f"{name}@family{self.number}.example"

    def street(self, house: str, spelled: bool = False) -> str:
        if not house:
            return ""
        return f"{house}00, FAMILY{self.number} st. (Apt 4)" if spelled else f"{house}00 Family{self.number} Street"


def families() -> list[Family]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")][2:]
    return [_family(number, [c.strip() for c in line.split("|")[1:-1]]) for number, line in enumerate(lines, start=1)]


def _family(number: int, cells: list[str]) -> Family:
    name, record, delivered, refused, waits = cells
    family = Family(number, name, waits=dict(_waits(waits)))
    for said in _split(record):
        first, *rest = said.split()
        if not first.endswith(":"):
            family.students[first] = dict(pair.split("=", 1) for pair in rest)
            continue
        relation, children, *pairs = rest
        keys = dict(pair.split("=", 1) for pair in pairs)
        family.contacts += [(first[:-1], relation, child, keys) for child in children.split(",")]
    for said in _split(delivered):
        head, children = said.split("): ")
        who, ways = head.split(" (")
        channels, language, *more = ways.split(", ")
        home = next((m.split()[1] for m in more if m.startswith("home")), "")
        family.delivered[who] = Delivered(
            frozenset(children.split()), frozenset(channels.split("+")), language, home, "notice" in more
        )
    for said in _split(refused):
        who, child, rule = said.split()
        family.refused.add((who, child, rule.rstrip("?"), rule.endswith("?")))
    return family


def _waits(cell: str) -> list[tuple[str, str]]:
    return [(child, why or "no-recipient") for child, _, why in (said.partition("=") for said in cell.split())]


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def district(folder: Path, of: list[Family], moved: bool = False) -> Extract:
    """A bundle with all families; with `moved`, as it is after the moves."""
    shutil.rmtree(folder, ignore_errors=True)
    extract = whole_extract(folder)
    _second_school(extract)
    rows: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for family in of:
        for student, keys in family.students.items():
            _student(rows, family, student, dict(keys))
        for who in dict.fromkeys(who for who, *_ in family.contacts):
            _contact(rows, family, who, moved)
    for name, found in rows.items():
        extract.write(name, found)
    for name in ("attendance", "comments"):
        (folder / "supplement" / f"{name}.csv").unlink()
    return extract


def _second_school(extract: Extract) -> None:
    school, class_id = SCHOOLS["2"]
    first, first_class = SCHOOLS["1"]
    (org,) = (row for row in extract.read("orgs.csv") if row["sourcedId"] == first)
    second = org | {"sourcedId": school, "identifier": school, "name": "Second School"}
    extract.write("orgs.csv", [*extract.read("orgs.csv"), second])
    (made,) = (row for row in extract.read("classes.csv") if row["sourcedId"] == first_class)
    extract.add("classes.csv", **(made | {"sourcedId": class_id, "schoolSourcedId": school, "classCode": class_id}))
    item = next(row for row in extract.read("lineItems.csv") if row["classSourcedId"] == first_class)
    extract.add("lineItems.csv", **(item | {"sourcedId": "item-2", "classSourcedId": class_id}))


def _student(rows: defaultdict[str, list[dict[str, str]]], family: Family, student: str, keys: dict[str, str]) -> None:
    ref, which = family.id(student), keys.pop("school", "1")
    school, class_id = SCHOOLS[which]
    item = "2942251001" if which == "1" else "item-2"
    gone = {"status": "tobedeleted", "dateLastModified": "2021-12-01T00:00:00Z"} if keys.pop("died", "") else {}
    rows["users.csv"].append({"sourcedId": ref, "enabledUser": "true", "orgSourcedIds": school, "role": "student",
                              "givenName": student.title(), "familyName": f"Family{family.number}",
                              "identifier": family.student_number(student), "grades": keys.pop("grades", ""),
                              **gone})  # fmt: skip
    rows["demographics.csv"].append({"sourcedId": ref, "birthDate": keys.pop("born", "2008-05-01")} | gone)
    rows["enrollments.csv"].append({"sourcedId": f"e-{ref}", "classSourcedId": class_id, "schoolSourcedId": school,
                                    "userSourcedId": ref, "role": "student", "beginDate": "2021-08-23"}
                                   | gone)  # fmt: skip
    rows["results.csv"].append({"sourcedId": f"r-{ref}", "lineItemSourcedId": item, "studentSourcedId": ref,
                                "scoreStatus": "fully graded", "score": "77", "scoreDate": "2021-09-01"}
                               | gone)  # fmt: skip
    if keys:
        cells = {CELLS.get(key, key): value for key, value in keys.items()}
        rows["supplement/students.csv"].append({"studentSourcedId": ref} | cells)


def _as_it_is(keys: dict[str, str], moved: bool) -> dict[str, str]:
    """What is so only after the moves (`later-bar`), in its place or not at all."""
    later = {key.removeprefix("later-"): value for key, value in keys.items() if key.startswith("later-")}
    now = {key: value for key, value in keys.items() if not key.startswith("later-")}
    return now | later if moved else now


def _contact(rows: defaultdict[str, list[dict[str, str]]], family: Family, who: str, moved: bool) -> None:
    ref = family.id(who)
    mine = [(rel, child, _as_it_is(keys, moved)) for name, rel, child, keys in family.contacts if name == who]
    died = any(keys.get("died") for *_, keys in mine)
    off = any(keys.get("enabled") == "false" for *_, keys in mine)
    gone = {"status": "tobedeleted", "dateLastModified": "2021-12-01T00:00:00Z"} if died else {}
    given, surname = next(
        (keys["name"].split(",") for *_, keys in mine if "name" in keys), (who.title(), f"Grown{family.number}")
    )
    rows["users.csv"].append({"sourcedId": ref, "enabledUser": "false" if off else "true", "role": "parent",
                              "orgSourcedIds": "255901001", "givenName": given, "familyName": surname,
                              **gone})  # fmt: skip
    births = {keys["birth"] for *_, keys in mine if "birth" in keys}
    rows["demographics.csv"] += [{"sourcedId": ref, "birthDate": birth} for birth in births]
    for relation, child, keys in mine:
        if "bar" in keys:  # on paper, unless the row says that there is none
            keys["restrictionDocumentDate"] = "2021-08-02" if keys.setdefault("paper", "C-1") else ""
        for key in ("died", "enabled", "name", "birth"):
            keys.pop(key, None)
        home = keys.pop("home", "1")
        home = keys.pop("moved", home) if moved else (keys.pop("moved", ""), home)[1]
        street = family.street(home, spelled=bool(keys.pop("spelled", "")))
        mail = keys.pop("email", "")
        rows["supplement/contacts.csv"].append({
            "studentSourcedId": family.id(child), "contactSourcedId": ref, "relation": relation, "street": street,
            "city": "Grand Bend" if street else "", "state": "TX", "postalCode": "78834" if street else "",
            "email": f"{mail}@family{family.number}.example" if mail else "",
            **{CELLS.get(key, key): value for key, value in keys.items()},
        })  # fmt: skip
