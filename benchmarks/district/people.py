"""Writes people: students and their contacts, staff, roles, profiles, and what the supplement says of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.district.files import Files
from benchmarks.district.households import Contact
from benchmarks.district.names import culture_deck, family_name, given_name
from benchmarks.district.plan import School, Unit
from benchmarks.district.students import Student, email

# 1.1 knows fewer roles
ROLES_1_2 = {"administrator": "principal"}


@dataclass
class People:
    """Counts of people written so far; bounded by the number of kinds and languages."""

    files: Files
    roles: Counter[str] = field(default_factory=Counter)
    contacts: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)

    def user(self, school: School, role: str, row: Mapping[str, str], *, profile: bool) -> None:
        """One person, with their role and profile where the version keeps those in files of their own."""
        id_ = row["sourcedId"]
        self.roles[role] += 1
        own = {
            "enabledUser": "true", "username": id_.lower(), "role": role, "orgSourcedIds": school.id, "identifier": id_,
            "primaryOrgSourcedId": school.id,
        }  # fmt: skip
        self.files.add("users.csv", {**own, **row})
        if self.files.has("roles.csv"):
            self.files.add("roles.csv", {
                "sourcedId": f"{id_}-role", "userSourcedId": id_, "roleType": "primary",
                "role": ROLES_1_2.get(role, role), "orgSourcedId": school.id,
                "userProfileSourcedId": f"{id_}-profile" if profile else "",
            })  # fmt: skip
            if profile:
                self.files.add("userProfiles.csv", {
                    "sourcedId": f"{id_}-profile", "userSourcedId": id_, "profileType": "learning platform",
                    "vendorId": "platform.example.org", "credentialType": "username", "username": id_.lower(),
                })  # fmt: skip

    def staff(self, school: School, role: str, id_: str, subject: object) -> None:
        """A teacher, aide or administrator; `subject` tells their chance apart."""
        rng = school.district.rng("staff", id_, subject)
        culture = rng.choice(culture_deck(rng))
        names = {"givenName": given_name(culture, rng), "familyName": family_name(culture, rng)}
        row = names | {"sourcedId": id_, "email": f"{id_.lower()}@staff.example.org"}
        self.user(school, role, row, profile=True)

    def student(self, unit: Unit, student: Student) -> None:
        """A student and, with the eldest child of a family, its adults."""
        self.user(unit.school, "student", {
            "sourcedId": student.id, "givenName": student.given, "familyName": student.family,
            "email": email(student.id), "grades": f"{student.grade:02d}",
            "preferredGivenName": student.extra.get("preferredName", ""),
            "agentSourcedIds": ",".join(contact.id for contact in student.household.contacts),
        }, profile=True)  # fmt: skip
        birth = str(student.birth) if student.birth else ""
        self.files.add("demographics.csv", {"sourcedId": student.id, "birthDate": birth, "sex": student.sex})
        if student.extra:
            self.files.add("supplement/students.csv", student.extra)
        for contact in student.household.contacts:
            if student.is_eldest:
                self._contact_user(unit.school, contact)
            self._contact(student, contact)

    def _contact_user(self, school: School, contact: Contact) -> None:
        row = {"sourcedId": contact.id, "givenName": contact.given, "familyName": contact.family}
        self.user(school, contact.adult.role, row | {"email": contact.email, "phone": contact.phone}, profile=False)

    def _contact(self, student: Student, contact: Contact) -> None:
        adult, year = contact.adult, student.household.school.district.year
        applies = adult.restriction and (student.is_eldest or not adult.eldest_only)
        begin, until = restriction_dates(adult.force, year) if applies else ("", "")
        street, city, state, code, country = contact.address
        self.files.add("supplement/contacts.csv", {
            "studentSourcedId": student.id, "contactSourcedId": contact.id, "relation": adult.relation,
            "isPrimary": _text(adult.primary), "livesWith": _text(adult.lives_with),
            "emergency": _text(adult.emergency),
            "legalGuardian": adult.legal, "contactRestrictions": adult.restriction if applies else "",
            "restrictionFrom": begin, "restrictionUntil": until,
            "agreementUntil": agreement_date(adult.agreement, year),
            "street": street, "city": city, "state": state, "postalCode": code, "country": country,
            "email": contact.email, "phone": contact.phone, "preferredLanguage": contact.language,
            "preferredChannel": contact.channel,
        })  # fmt: skip
        kind = adult.kind if applies or not adult.restriction else "separated"
        self.contacts[kind] += 1
        self.languages[contact.language] += 1
        self.examples.setdefault(kind, (student.id, contact.id))


def _text(value: bool) -> str:
    return "true" if value else "false"


def restriction_dates(force: str, year: int) -> tuple[str, str]:
    """From and until (exclusive) of a restriction, seen from the school year that begins in `year`."""
    return {
        "open": ("", ""),
        "now": (f"{year - 1}-11-03", f"{year + 2}-07-01"),
        "ended": (f"{year - 3}-02-14", f"{year}-07-01"),
        "later": (f"{year + 1}-02-01", ""),
    }[force]


def agreement_date(agreement: str, year: int) -> str:
    """Until when (exclusive) an agency's agreement holds; an expired one ends during the fall."""
    return {"live": f"{year + 1}-09-01", "expired": f"{year}-10-01", "": ""}[agreement]
