"""Acts of people about the procedure: a review is signed, the procedure acknowledged."""

from datetime import date

from termpost.schemas.log.entry import Entry
from termpost.schemas.log.review.school_year import year_after
from termpost.tasks.home.home import Home
from termpost.tasks.papers.procedure_paper.procedure_text import procedure_digest, procedure_text
from termpost.tasks.records.review.make_review import MadeReview
from termpost.tasks.secrets.staff import RELEASE_ROLES, ROLES

RUN = "review-policy"


def sign_review(home: Home, made: MadeReview, by: str, otp: str) -> date:
    """A registrar or head puts their name to exactly this evidence, and with it to the procedure's text.

    Returns the day of the next review: a year later.

    Raises:
        Refused: as `Staff.prove` does.
    """
    who = home.staff.prove(by, otp, home.clock.now(), RELEASE_ROLES)
    due = year_after(home.today)
    home.log.append(RUN, [
        Entry(kind="review_signed", actor=who, reason=made.numbers.year, digest=made.evidence, due=due.isoformat()),
        Entry(kind="policy_acknowledged", actor=who, digest=made.procedure),
    ])  # fmt: skip
    return due


def acknowledge_policy(home: Home, by: str, otp: str) -> str:
    """Anybody registered says that they know the procedure as it stands today.

    Returns the digest of its text.

    Raises:
        Refused: as `Staff.prove` does.
    """
    who = home.staff.prove(by, otp, home.clock.now(), frozenset(ROLES))
    digest = procedure_digest(procedure_text(home.settings, home.calendar, home.law, home.retention))
    home.log.append(RUN, [Entry(kind="policy_acknowledged", actor=who, digest=digest)])
    return digest
