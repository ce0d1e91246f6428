"""Several rows about one student and contact become one before anything is decided. Pure: any bar wins.

A restriction in any row bars; of two the strictest counts, over the widest span of their dates. Opposite answers to one
question of right are no answer: the contact waits and the office is asked. Who nobody disputes is served.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from termpost.schemas.documents.identity import ContactRights
from termpost.schemas.log.rights_decision import AGENCY
from termpost.tasks.rights.rules import PARENTS

UNCLEAR = "unclear"  # to the rules a word that nobody can read
STRICTEST_FIRST = ("no-contact", "no-records", UNCLEAR, "post-only")


def one_each(rows: Iterable[ContactRights]) -> tuple[ContactRights, ...]:
    """One for each contact, in the order of their first rows."""
    by_contact: defaultdict[str, list[ContactRights]] = defaultdict(list)
    for row in rows:
        by_contact[row.ref].append(row)
    return tuple(mine[0] if len(mine) == 1 else _folded(mine) for mine in by_contact.values())


def _folded(rows: Sequence[ContactRights]) -> ContactRights:
    relation, relations_differ = _relation(rows)
    guardian = {row.legal_guardian for row in rows} - {None}
    return replace(
        _with_restriction(rows),
        relation=relation,
        is_primary=_any(row.is_primary for row in rows),
        lives_with=_agreed(row.lives_with for row in rows),
        emergency=_agreed(row.emergency for row in rows),
        legal_guardian=_agreed(row.legal_guardian for row in rows),
        agreement_until=max((row.agreement_until for row in rows if row.agreement_until), default=None),
        contradicts=relations_differ or len(guardian) > 1,
    )


def _with_restriction(rows: Sequence[ContactRights]) -> ContactRights:
    """The first row with what all restrictions together say."""
    bars = [_bar(row) for row in rows if row.restriction or row.restriction_from or row.restriction_until]
    if not bars:
        return rows[0]
    words, begins, ends = zip(*bars, strict=True)
    strictest = min(words, key=STRICTEST_FIRST.index)
    papers = [row for row in rows if row.restriction == strictest and row.restriction_document]
    paper = next((row for row in papers if row.restriction_document_date), None)
    return replace(
        rows[0],
        restriction=strictest,
        restriction_document=paper.restriction_document if paper else None,
        restriction_document_date=paper.restriction_document_date if paper else None,
        restriction_from=None if None in begins else min(begins),
        restriction_until=None if None in ends else max(ends),
    )


def _bar(row: ContactRights) -> tuple[str, date | None, date | None]:
    """Word, first day and first free day. A word or dates that nobody can read may be a bar, and limit none."""
    word, begin, end = row.restriction, row.restriction_from, row.restriction_until
    is_possible = begin is None or end is None or begin < end
    if word not in STRICTEST_FIRST or (word == "post-only" and not is_possible):
        word = UNCLEAR
    return (word, begin, end) if is_possible else (word, None, None)


def _relation(rows: Sequence[ContactRights]) -> tuple[str | None, bool]:
    """The relation that gives the right, and whether the rows give two rights that exclude each other."""
    said = {row.relation.strip().lower(): row.relation for row in rows if row.relation and row.relation.strip()}
    if AGENCY in said and len(said) > 1:
        return None, True
    return next((said[word] for word in said if word in PARENTS), next(iter(said.values()), None)), False


def _any(answers: Iterable[bool | None]) -> bool | None:
    given = {answer for answer in answers if answer is not None}
    return True in given if given else None


def _agreed(answers: Iterable[bool | None]) -> bool | None:
    """What all rows say that say anything; None where they differ."""
    given = {answer for answer in answers if answer is not None}
    return given.pop() if len(given) == 1 else None
