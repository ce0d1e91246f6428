"""The sample district with values that can be told from any other text, loaded once a worker."""

from pathlib import Path

import pytest
from termpost.schemas.base.refs import ExtractId

from tests.tasks.gradebook import CYCLE, Rooms, copy_of_grand_bend, new_home, read_csv, write_csv

MARK = "Qzxwvk"  # in no hash, key, title or table name
PERSONAL = {
    "users.csv": ("sourcedId", "username", "userIds", "givenName", "familyName", "middleName", "identifier", "email",
                  "sms", "phone", "agentSourcedIds", "password"),
    "demographics.csv": ("sourcedId", "birthDate"),
    "enrollments.csv": ("sourcedId", "userSourcedId"),
    "results.csv": ("sourcedId", "studentSourcedId", "comment"),
    "supplement/comments.csv": ("studentSourcedId", "author", "comment"),
    "supplement/contacts.csv": ("studentSourcedId", "contactSourcedId", "street", "city", "postalCode"),
    "supplement/attendance.csv": ("studentSourcedId", "reason"),
}  # fmt: skip


def marked(value: str, column: str) -> str:
    if not value or value == "Late" or column == "birthDate":
        return value
    if column == "email":
        return f"{MARK}{value}"
    return ",".join(f"{part}{MARK}" for part in value.split(","))


@pytest.fixture(scope="session")
def marked_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_of_grand_bend(tmp_path_factory.mktemp("marked") / "extract")
    for name, columns in PERSONAL.items():
        rows = read_csv(folder / name)
        for row in rows:
            row |= {column: marked(row[column], column) for column in columns}
            if name == "users.csv":
                row |= {"password": f"secret{MARK}", "phone": f"1{MARK}", "sms": f"2{MARK}", "userIds": f"u{MARK}"}
            if name == "results.csv" and not row["comment"]:
                row["comment"] = f"a remark{MARK}"
            if name == "demographics.csv":
                row["birthDate"] = "2001-02-03"  # nowhere else in the bundle
        write_csv(folder / name, list(rows[0]), rows)
    return folder


@pytest.fixture(scope="session")
def marked_rooms(marked_source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rooms, ExtractId]:
    rooms = Rooms(new_home(tmp_path_factory.mktemp("marked-home") / "home"))
    extract_id = rooms.take_in(marked_source)
    rooms.render(rooms.summarise(extract_id, school=CYCLE.school))
    return rooms, extract_id
