"""A made-up district for the plan of a release: some thousand families, with every oddity in every combination."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pandas as pd
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.languages import FORMATS, rendition_name
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from termpost.schemas.documents.prepared import Bytes, Hold, PreparedReport, PreparedSchool
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.identities import READERS
from termpost.tasks.secrets.keys import make_keys
from termpost.tasks.stage.manifests import keep_manifest

from tests.school import EXAMPLES

CYCLE, EXTRACTS = "2021-fall-final", ("e" * 64, "f" * 64)  # of the schools, and of one that is in a newer one
NOW = datetime(2021, 12, 17, 14, tzinfo=UTC)
DAYS = (None, None, None, date(2021, 12, 1), date(2021, 12, 17), date(2021, 12, 18))
NOT_KNOWN = (None, None, True, False)
RELATIONS = (
    "Mother",
    "Father",
    "Mother",
    "Father",
    " parent ",
    "Stepmother",
    "Guardian",
    "Grandmother",
    "Agency",
    None,
)
RESTRICTIONS = (
    None,
    None,
    None,
    None,
    None,
    None,
    None,
    None,
    None,
    "no-contact",
    "no-records",
    "post-only",
    "odd",
    "",
)
BIRTHS = (None, *[date(2008, 5, 1)] * 9, date(2003, 12, 17), date(2003, 12, 18), date(2004, 2, 29))
LANGUAGES = (None, None, "en", "es", "fr-CA", "zz")
STREETS = ("{n} Elm Street", "{n} ELM ST., Apt 2", "{n} Oak Road", "{n} Fir Lane", "", None)
MAILS = ("f{n}@x.example", "F{n}+z@X.example", "g.{n}@gmail.com", "g{n}@googlemail.com", "none", None, None)


@dataclass
class District:
    """Families as they were made, before anything was sealed. Everybody is known by the id they were made with."""

    seed: int
    families: int
    students: dict[str, StudentIdentity] = field(default_factory=dict)
    contacts: dict[str, ContactIdentity] = field(default_factory=dict)
    school_of: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)  # no row in the extract, though others name them
    refs: dict[str, PersonRef] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._dice = Random(self.seed)  # noqa: S311 - a made district, the same each time
        for number in range(self.families):
            self._family(number)

    def _family(self, number: int) -> None:
        dice = self._dice
        children = [f"s{number}-{n}" for n in range(dice.choice((1, 1, 2, 3)))]
        parents = [f"c{number}-{n}" for n in range(dice.choice((0, 1, 2, 2, 2, 3)))]
        if number and dice.random() < 0.1:  # of a family next door too
            parents.append(f"c{number - 1}-0")
        rows: dict[str, list[Reach]] = {parent: [] for parent in parents}
        for child in children:
            contacts = [self._contact(parent, child, rows, number) for parent in parents if dice.random() < 0.9]
            self.students[child] = StudentIdentity(
                id=child, number=child, email=self._mail(number), birth_date=dice.choice(BIRTHS),
                language=dice.choice(LANGUAGES), dependent=dice.choice(NOT_KNOWN),
                consent_to_parents=dice.choice(NOT_KNOWN), records_hold=dice.random() < 0.03, contacts=tuple(contacts),
            )  # fmt: skip
            self.school_of[child] = dice.randrange(4)
            if dice.random() < 0.03:
                self.held.add(child)
        for parent, reach in rows.items():
            known = self.contacts.get(parent)
            earlier = known.reach if known else ()
            self.contacts[parent] = ContactIdentity(id=parent, given="Eve", reach=(*earlier, *reach))
        self.absent |= {who for who in (*children, *parents) if dice.random() < 0.02}

    def _contact(self, who: str, child: str, rows: dict[str, list[Reach]], number: int) -> ContactRights:
        dice = self._dice
        for _ in range(dice.choice((1, 1, 1, 1, 2, 0))):  # a row may be there twice, or be lost
            street = dice.choice(STREETS)
            rows[who].append(
                Reach(student=child, street=street and street.format(n=number // 3), state="TX",
                      city=dice.choice(("Grand Bend", "Grand Bend", "Uvalde", None)),
                      postal_code=dice.choice(("78834", "78834-1200", "78801", None)), email=self._mail(number),
                      language=dice.choice(LANGUAGES), channel=dice.choice((None, None, "print", "portal", "email")))
            )  # fmt: skip
        dated = dice.random() < 0.2
        return ContactRights(
            ref=who, relation=dice.choice(RELATIONS), is_primary=dice.choice(NOT_KNOWN),
            lives_with=dice.choice(NOT_KNOWN), emergency=dice.choice(NOT_KNOWN), legal_guardian=dice.choice(NOT_KNOWN),
            restriction=dice.choice(RESTRICTIONS), restriction_from=dice.choice(DAYS) if dated else None,
            restriction_until=dice.choice(DAYS) if dated else None, agreement_until=dice.choice(DAYS),
        )  # fmt: skip

    def _mail(self, number: int) -> str | None:
        mail = self._dice.choice(MAILS)
        return mail and mail.format(n=number // 2)

    def write(self, folder: Path, *, own_copies: bool = False, order: str = '["portal", "email", "print"]') -> Home:
        """A home whose lake has everybody, and whose store the manifests of all schools."""
        for name in ("termpost.toml", "grading.toml", "calendar.toml"):
            (folder / name).write_bytes((EXAMPLES / "grand-bend-home" / name).read_bytes())
        settings = (folder / "termpost.toml").read_text().replace('order = ["portal", "print"]', f"order = {order}")
        relay = '\n[channels.email]\nhost = "relay.example"\nsender = "office@grand-bend.example.org"\n'
        rights = f"\n[rights]\nown_copy_below_age = {str(own_copies).lower()}\n"
        (folder / "termpost.toml").write_text(settings + (relay if "email" in order else "") + rights)
        make_keys(folder / "secrets")
        make_rehearsal(open_home(folder))
        home = open_home(folder, FixedClock(NOW))
        self.refs = home.people.references([*self.students, *self.contacts])
        with open_lake(home.lake) as lake:
            lake.register("made", pd.DataFrame(self._rows(home), columns=["extract_id", "ref", "role", "identity"]))
            lake.execute(
                "INSERT INTO lake.core_person SELECT extract_id, ?, ref, role, NULL, identity FROM made", [NOW]
            )
        for school in range(4):
            prepared = self.prepared(school)
            keep_manifest(home, "made", prepared)
        return home

    def known(self) -> tuple[dict[PersonRef, StudentIdentity], dict[PersonRef, ContactIdentity]]:
        """Everybody who has a row, as the lake has them: by reference."""
        students = {self.refs[i]: self._of_student(who) for i, who in self.students.items() if i not in self.absent}
        contacts = {self.refs[i]: self._of_contact(who) for i, who in self.contacts.items() if i not in self.absent}
        return students, contacts

    def _rows(self, home: Home) -> Iterator[tuple[str, str, str, bytes]]:
        students, contacts = self.known()
        home.people.preload([*students, *contacts])
        for extract in EXTRACTS:
            for ref, student in students.items():
                yield extract, ref, "student", home.people.seal(ref, READERS[StudentIdentity].dump_json(student))
            for ref, contact in contacts.items():
                yield extract, ref, "contact", home.people.seal(ref, READERS[ContactIdentity].dump_json(contact))

    def _of_student(self, student: StudentIdentity) -> StudentIdentity:
        return replace(student, contacts=tuple(replace(one, ref=self.refs[one.ref]) for one in student.contacts))

    def _of_contact(self, contact: ContactIdentity) -> ContactIdentity:
        return replace(contact, reach=tuple(replace(row, student=self.refs[row.student]) for row in contact.reach))

    def prepared(self, school: int) -> PreparedSchool:
        """The manifest of a school; the last school was prepared from another extract."""
        mine = [student for student in self.students if self.school_of[student] == school]
        place, extract = f"school-{school}", EXTRACTS[school == 3]
        return PreparedSchool(
            cycle=CYCLE, school=place, extract_id=extract, policy="p", cutoff=date(2021, 12, 10),
            reports=tuple(self._report(place, self.refs[student]) for student in mine),
            holds=tuple(Hold(student=self.refs[s], class_id=None, reason="odd") for s in mine if s in self.held),
        )  # fmt: skip

    def _report(self, school: str, student: PersonRef) -> PreparedReport:
        place = f"reports/{school}/{CYCLE}/r{student}/v1"
        renditions = tuple(Bytes(object=f"{place}/{rendition_name('en', kind)}", digest=student) for kind in FORMATS)
        return PreparedReport(
            report=f"r{student}", version=1, student=student, own_language="en", renditions=renditions, comments="c"
        )
