"""Rights that ended and have not been taken back, and those that begin or end soon."""

from collections.abc import Iterator
from datetime import date, timedelta

from termpost.schemas.documents.identity import ContactRights, StudentStanding
from termpost.tasks.deadlines.deadline import Deadline, DeadlineCode, at
from termpost.tasks.deadlines.facts import Facts
from termpost.tasks.distribute.rights_ended import open_rights
from termpost.tasks.rights.coming_of_age import turning_of_age
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.rights.rights_decisions import read_rights_decisions
from termpost.tasks.secrets.identities import open_identities


def of_ended(facts: Facts) -> Iterator[Deadline]:
    """Due at once, where more ended than may be taken back without a person."""
    rights = open_rights(facts.home, facts.visible.open())
    waiting = {(one.cycle, one.recipient) for one in rights.ended} if rights.needs_a_person else set()
    for cycle, _ in waiting:
        yield Deadline("right-ended", facts.today, "overdue", 1, cycle)


def of_changes(facts: Facts) -> Iterator[Deadline]:
    """By the newest record and the office's decisions, for `[deadlines] ahead_days`: on each such day another person
    may have the report, or no longer."""
    home, ahead = facts.home, timedelta(days=facts.home.settings.deadlines.ahead_days)
    for code, day in _days(facts, ahead):
        if facts.today <= day <= facts.today + ahead:
            yield from at(code, day, facts.today, 1)
    for _, decision in read_rights_decisions(home):
        if decision.until and facts.today <= decision.until <= facts.today + ahead:
            yield from at("right-ends", decision.until, facts.today, 1)


def _days(facts: Facts, ahead: timedelta) -> Iterator[tuple[DeadlineCode, date]]:
    home = facts.home
    for extract_id in extracts_newest_first(facts.lake)[:1]:
        students = open_identities(facts.lake, home.people, extract_id, StudentStanding)
        for one in turning_of_age(students, facts.today, home.settings.rights.age_of_majority, ahead):
            yield "full-age", one.on
        for student in students.values():
            for contact in student.contacts:
                yield from _days_of(contact)


def _days_of(contact: ContactRights) -> Iterator[tuple[DeadlineCode, date]]:
    if contact.restriction_from:
        yield "right-begins", contact.restriction_from
    for until in (contact.restriction_until, contact.agreement_until):
        if until:
            yield "right-ends", until
