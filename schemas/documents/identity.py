"""Who a person is: the plain form of the sealed values in the lake. It never leaves a task's memory."""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict
from termpost.schemas.documents.comments import CommentParts

IdentityFormat = Literal["termpost.identity/1"]
IDENTITY_FORMAT: Final = "termpost.identity/1"


# Han, kana, bopomofo and hangul, the signs that stand among them, and variants of theirs (IVS)
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u303b\u3041-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe00-\ufe0f\uff66-\uff9f\u00b7\U00020000-\U0003ffff\U000e0100-\U000e01ef]+"
)


def written_name(given: str | None, middle: str | None, family: str | None) -> str:
    """A name in the order of its script: 欧阳志强, 김민준; any other, romanised ones too, as Minjun Kim."""
    parts = [part for part in (given, middle, family) if part]
    if given and family and all(_EAST_ASIAN.fullmatch(part.strip()) for part in parts):
        return "".join(part.strip() for part in (family, given, middle) if part)
    return " ".join(parts)


@dataclass(frozen=True, kw_only=True)
class _Named:
    id: str  # of the source system
    given: str | None = None
    middle: str | None = None
    family: str | None = None

    @property
    def name(self) -> str:
        """As it is written: given, middle, family; of Chinese, Japanese and Korean names the family first, in one."""
        return written_name(self.given, self.middle, self.family)


@dataclass(frozen=True, slots=True)
class ContactRights:
    """What the record says of one contact of one student. Empty is not known, and not known is not yes.

    A plan has a million of these and of `Reach` in memory: as models they would take four times the room.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    ref: str
    relation: str | None = None
    is_primary: bool | None = None
    lives_with: bool | None = None
    emergency: bool | None = None
    legal_guardian: bool | None = None
    restriction: str | None = None
    restriction_from: date | None = None
    restriction_until: date | None = None  # exclusive
    restriction_document: str | None = None  # the paper it rests on, by the office's file number
    restriction_document_date: date | None = None
    agreement_until: date | None = None
    contradicts: bool = False  # its rows say yes and no of the same right; never stored, since each row is


class TeacherComment(BaseModel):
    """What a teacher wrote about a student for a cycle, as it came: personal and no mark, so it lies in here."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    cycle: str
    class_id: str | None = None  # none: homeroom
    author: str | None = None
    language: str | None = None  # BCP 47
    text: str  # empty where only its parts say something
    parts: CommentParts = CommentParts()


@dataclass(frozen=True, slots=True)
class StudentRights:
    """What the record says of a student that rights hang on; None is not known."""

    birth_date: date | None = None
    dependent: bool | None = None  # for tax, 34 CFR 99.31(a)(8)
    consent_to_parents: bool | None = None
    consent_contradicts: bool = False  # rows about the student say yes and no of consent or dependency
    records_hold: bool = False  # nothing leaves
    grade_level: str | None = None  # as the source writes it: says who is a minor where no birth date is known


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentStanding(StudentRights):
    """The part of a StudentIdentity that rights and channels hang on: no name, and a fifth of the memory."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="ignore")
    format: IdentityFormat = IDENTITY_FORMAT
    email: str | None = None
    language: str | None = None
    contacts: tuple[ContactRights, ...] = ()  # a row each: of one contact there may be several


@dataclass(frozen=True, kw_only=True)
class StudentIdentity(StudentStanding, _Named):
    """All that is known of who a student is."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    number: str  # the school's own id of the student
    preferred: str | None = None
    verdict: bool | None = None  # False: marks go by modified standards; None: not known, so by the class's own
    comments: tuple[TeacherComment, ...] = ()  # of all cycles, in the order of the file


_CITIES = frozenset({"singapore", "sg", "sgp", "hong kong", "hk", "hkg", "macao", "macau", "mo", "mac", "monaco", "mc",
                     "mco", "gibraltar", "gi", "gib"})  # fmt: skip
_IRELAND = frozenset({"ireland", "ie", "irl", "éire", "eire", "republic of ireland"})
_EIRCODE = re.compile(r"[AC-FHKNPRTV-Y][0-9][0-9W] ?[0-9AC-FHKNPRTV-Y]{4}", re.IGNORECASE)  # of one house each


@dataclass(frozen=True, slots=True)
class Reach:
    """How a contact is reached about one child."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    student: str
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    channel: str | None = None
    is_confidential: bool | None = None  # how they are reached stands on their own envelope alone

    @property
    def has_address(self) -> bool:
        """Whether the post can find it: street and town; in a city that is a country the street, in Ireland a house
        without a street."""
        if self.street and self.city:
            return True
        country = " ".join((self.country or "").replace(".", "").casefold().split())
        if self.street:
            return bool(self.postal_code) or country in _CITIES
        return bool(self.city and (_EIRCODE.fullmatch(self.postal_code or "")
                                   or (country in _IRELAND and (self.state or self.postal_code))))  # fmt: skip

    @property
    def address(self) -> tuple[str, ...]:
        """As it is on record, to be compared (a letter has it by postal_address.py); empty where there is none."""
        if not self.has_address:
            return ()
        town = " ".join(part for part in (self.state, self.postal_code) if part)
        lines = (self.street, ", ".join(part for part in (self.city, town) if part), self.country)
        return tuple(line for line in lines if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactReach:
    """The part of a ContactIdentity that says how they are reached."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="ignore")
    format: IdentityFormat = IDENTITY_FORMAT
    reach: tuple[Reach, ...] = ()

    @property
    def is_confidential(self) -> bool:
        """One row says so for all of theirs."""
        return any(row.is_confidential for row in self.reach)


@dataclass(frozen=True, kw_only=True)
class ContactIdentity(ContactReach, _Named):
    """All that is known of who a contact is."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    birth_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class TeacherIdentity(_Named):
    """All that is known of who a teacher is."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    format: IdentityFormat = IDENTITY_FORMAT
    email: str | None = None
