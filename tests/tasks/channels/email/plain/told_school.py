"""A school whose families have e-mail, a phone or neither: loaded once a run, and copied for every test."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.plain_notice import PlainMail
from termpost.schemas.log.entry import Logged

from tests.school import FATHER, LISA, MOTHER, OTHER, Prepared, new_school, small_extract
from tests.tasks.gradebook import Rooms

MOTHERS, OTHERS = "mother@families.example.org", "other@families.example.org"
FATHERS_PHONE = "+1 512 555 0177"
TEACHER, TEACHERS = "T1", "teacher@grand-bend.example.org"


def told_school(folder: Path) -> Prepared:
    """A mother of two and another of one with a mailbox, a father with a phone alone, a student with a mailbox."""
    school = new_school(folder / "home")
    extract = small_extract(folder / "extract")
    for contact, mail in ((MOTHER, MOTHERS), (OTHER, OTHERS), (LISA, "lisa@families.example.org")):
        extract.change("users.csv", {"sourcedId": contact}, email=mail)
    extract.change("users.csv", {"sourcedId": FATHER}, email="", phone=FATHERS_PHONE, sms="")
    (row, *_) = extract.read("enrollments.csv")
    extract.add("users.csv", sourcedId=TEACHER, role="teacher", givenName="Jo", familyName="Reed", email=TEACHERS,
                enabledUser="true", orgSourcedIds="255901001")  # fmt: skip
    extract.add("enrollments.csv", **(row | {"sourcedId": "E-T1", "userSourcedId": TEACHER, "role": "teacher"}))
    Rooms(school.open()).take_in(extract.folder)
    return Prepared(school.home, school.phone, extract=extract)


def take_in_again(school: Prepared) -> None:
    """The extract as it is by now, a day later."""
    school.later(timedelta(days=1))
    Rooms(school.open()).take_in(school.extract.folder)


def told(school: Prepared, who: str, key: str = "q1a2b3c4d5e6 answer", **more: object) -> PlainMail:
    """A message to somebody of a family."""
    given: dict[str, object] = {"kind": "answer", "language": "en", "query": "q1a2b3c4d5e6"}
    return PlainMail(key, to_ref=PersonRef(school.ref(who)), **(given | more))  # type: ignore[arg-type]


def states(entries: Sequence[Logged], channel: str = "email") -> list[tuple[str, str | None]]:
    return [(one.kind, one.reason) for one in entries if one.channel == channel]
