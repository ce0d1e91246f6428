"""Whether somebody may have the records about a student on that day: by the rules that reports go by (law 4)."""

from typing import Final, Literal

import duckdb
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentStanding
from termpost.tasks.home.home import Home
from termpost.tasks.rights.answers import rights_of
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.rights.parents_apart import is_apart, parents_apart
from termpost.tasks.rights.rights_today import rights_of_holders
from termpost.tasks.rights.rules import decide_own, has_full_right
from termpost.tasks.secrets.identities import open_identities

RightsGround = Literal["barred", "of-age", "under-age", "agreement", "hold", "unknown"]
GROUNDS: Final[dict[str, RightsGround]] = {
    "no-contact": "barred", "no-records": "barred", "restriction-unclear": "barred", "shared-with-barred": "barred",
    "student-of-full-age": "of-age", "student-under-age": "under-age", "agreement-ended": "agreement",
    "agreement-unknown": "agreement", "records-hold": "hold",
}  # fmt: skip


class NoRightError(Refused):
    """They get a written answer with the ground."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"no-right-{rule}", f"they have no right to these records today ({rule})", "--for",
                         "give them the written answer; `termpost rights decide` keeps what a paper shows")  # fmt: skip
        self.rule = rule

    @property
    def ground(self) -> RightsGround:
        """What the written answer says."""
        return GROUNDS.get(self.rule, "unknown")


def refuse_without_right(home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef, who: PersonRef) -> None:
    """By the newest record and the office, on the home's day.

    Raises:
        Refused: `not-asked-this-year`, `other-parent-not-told`, `other-parent-waits`, as the law of the place has it.
        NoRightError: they have none, or nobody knows.
        InputError: `person-erased`.
    """
    for one in (student, who):
        if not home.people.is_known(one):
            raise InputError("person-erased", "this person was erased: nothing about them can be read", "STUDENT",
                             "say so to whoever asked")  # fmt: skip
    if student == who:
        _refuse_student(home, lake, student)
        return
    found = rights_of_holders(home, lake, {(str(student), str(who)): None}).get((str(student), str(who)))
    if found is None:
        raise NoRightError("row-missing")
    if not found.allowed:
        raise NoRightError(str(found.ended or found.asks or "records-hold"))
    _refuse_waiting(home, lake, student, who)


def _refuse_student(home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef) -> None:
    standing = newest_standing(home, lake, student)
    terms = home.settings.rights
    answer = decide_own(rights_of(standing), home.today, terms.age_of_majority, terms.own_copy_below_age)
    if not answer.allowed:
        raise NoRightError(answer.rule)


def parent_apart(home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef, who: PersonRef) -> bool:
    """Whether the law of the place has this person wait for the other parent (603 CMR 23.07(5))."""
    if home.law.other_parent() is None or student == who:
        return False
    contacts = newest_standing(home, lake, student).contacts
    return any(contact.ref == who and is_apart(contact) for contact in contacts)


def full_right(home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef, who: PersonRef) -> bool:
    """Whether somebody with a right to the records may have what goes along with reports too: a plan of special
    education. Not under an agreement, not as a parent apart, and a student from full age on."""
    standing = newest_standing(home, lake, student)
    if student == who:
        terms = home.settings.rights
        rule = decide_own(rights_of(standing), home.today, terms.age_of_majority, terms.own_copy_below_age).rule
        return has_full_right(rule, is_apart=False)
    agencies = [contact for contact in standing.contacts if contact.ref == who and contact.relation is not None
                and contact.relation.strip().lower() == "agency"]  # fmt: skip
    return not agencies and not parent_apart(home, lake, student, who)


def _refuse_waiting(home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef, who: PersonRef) -> None:
    """The right is there, and its day has not come: the request stays open."""
    if not parent_apart(home, lake, student, who):
        return
    apart = parents_apart(home)
    rule = apart.asks.rule(student, who, home.today, apart.days)
    if rule is not None:
        raise Refused(
            rule, f"the child does not live with this parent, so the other one is told first ({rule})", "--for",
            f"tell them, note it (--told DATE), and give the records once {apart.days} days have gone, unless they "
            "bring a paper that bars it",
        )  # fmt: skip


def newest_standing(home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef) -> StudentStanding:
    """As the newest extract that has the student says.

    Raises:
        InputError: `unknown-student`.
    """
    for extract in extracts_newest_first(lake):
        found = open_identities(lake, home.people, extract, StudentStanding, [student])
        if student in found:
            return found[student]
    raise InputError("unknown-student", "no extract has a student of this id", "STUDENT", "use an id of users.csv")
