"""A small school whose reports are out, with a teacher of one of Lisa's classes and one of another class."""

from pathlib import Path

from tests.school import SCHOOL_ID, Extract, Prepared, new_school, small_extract

NGUYEN, BROWN = "T900", "T901"  # ids of the record
HERS, OTHERS = "123456780", "123456789"  # classes of Lisa's; Nguyen teaches the first


def taught(extract: Extract) -> None:
    for teacher, name, class_id in ((NGUYEN, "Nguyen", HERS), (BROWN, "Brown", OTHERS)):
        extract.add("users.csv", sourcedId=teacher, enabledUser="true", orgSourcedIds=SCHOOL_ID, role="teacher",
                    givenName="Kim", familyName=name, email=f"{name.lower()}@school.example")  # fmt: skip
        extract.add("enrollments.csv", sourcedId=f"{class_id}-{teacher}", classSourcedId=class_id,
                    schoolSourcedId=SCHOOL_ID, userSourcedId=teacher, role="teacher")  # fmt: skip


def taught_school(folder: Path) -> Prepared:
    """Registered are the registrar mlopez, the teachers nguyen and brown, of the office kbell, and an auditor."""
    new = new_school(folder / "home")
    school = Prepared(new.home, new.phone, extract=small_extract(folder / "extract"))
    taught(school.extract)
    school.prepare(school.extract)
    school.release()
    return school
