"""What staff found about one contact's right to one student's record, on paper that the office has seen.

It speaks where the record is silent, or adds a bar before the record has it. It never loosens what the record says.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict
from termpost.schemas.base.period import covers
from termpost.schemas.documents.identity import ContactRights
from termpost.schemas.log.entry import Entry, EntryKind

DECISION_FORMAT: Final = "termpost.ruling/1"
PREFIX: Final = "notes/rights"
DECIDED: Final[tuple[EntryKind, ...]] = ("right_decided", "right_ended")

RightsFinding = Literal[
    "guardian", "not-guardian", "agreement", "no-contact", "no-records", "post-only", "no-restriction",
    "documented", "another-person", "address-alone", "same-person", "new-person", "hand-over",
]  # fmt: skip
Basis = Literal["court-order", "guardianship-papers", "agency-agreement", "other-document"]
FINDINGS: tuple[RightsFinding, ...] = get_args(RightsFinding)
BASES: tuple[Basis, ...] = get_args(Basis)
# of one aspect the last decision counts; of restrictions every one until it is ended, since any bar wins
ASPECTS: Final[dict[RightsFinding, str]] = {
    "guardian": "guardianship", "not-guardian": "guardianship", "agreement": "agreement",
    "no-contact": "restriction", "no-records": "restriction", "post-only": "restriction",
    "no-restriction": "restriction", "documented": "paper", "another-person": "person", "address-alone": "address",
    "same-person": "holder", "new-person": "holder", "hand-over": "hand-over",
}  # fmt: skip
# what is said of a likeness to somebody barred; it changes nothing of the record's own words
OF_LIKENESS: Final[tuple[RightsFinding, ...]] = ("another-person", "address-alone")
# whose a contact's id is, by one extract: said once, of all their children; it is never ended
OF_HOLDER: Final[tuple[RightsFinding, ...]] = ("same-person", "new-person")
# what was found of a person goes with them where their id passes to somebody else; a bar stays until it is ended
OF_THE_PERSON: Final[tuple[RightsFinding, ...]] = ("guardian", "agreement", "no-restriction", *OF_LIKENESS)
GIVING: Final[tuple[RightsFinding, ...]] = ("guardian", "agreement")
# of a student: while nobody has the right or can be reached, the office hands the report over itself
HAND_OVER: Final[RightsFinding] = "hand-over"
DOCUMENTED: Final[RightsFinding] = "documented"  # of the restriction on record, as it is: the office has seen the paper
BARS: Final[tuple[RightsFinding, ...]] = ("no-contact", "no-records", "post-only")
BARRED: Final = frozenset({"no-contact", "no-records"})
AGENCY: Final = "agency"


class RightsDecision(BaseModel):
    """Sealed under the student's key in the store, since a document's reference may name people."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: Literal["termpost.ruling/1"] = DECISION_FORMAT
    finding: RightsFinding
    basis: Basis
    document: str  # where the office keeps the paper
    by: str  # staff id
    since: date | None = None
    until: date | None = None  # exclusive; the decision says nothing from then on
    dated: date | None = None  # the day of the paper; a bar without one is a question
    # digest of the values it was said of, where it answers a question about them; others ask again
    compared: str | None = None

    def is_in_force(self, day: date) -> bool:
        return covers(self.since, self.until, day)


@dataclass(frozen=True)
class LoggedRightsDecision:
    """A decision by its place in the log."""

    student: str
    contact: str
    finding: RightsFinding
    object: str  # store key
    digest: str  # HMAC under the student's key


def decisions_that_count(entries: Iterable[Entry]) -> list[LoggedRightsDecision]:
    """The decisions that count: of each student and contact every restriction, and of another aspect the last decision,
    unless it was ended."""
    found: dict[tuple[str, str, str], LoggedRightsDecision] = {}
    for entry in entries:
        if entry.kind not in DECIDED or not (entry.student and entry.recipient and entry.object):
            continue
        if entry.kind == "right_decided":
            one = LoggedRightsDecision(
                entry.student, entry.recipient, _finding(entry), entry.object, entry.digest or ""
            )
            aspect = ASPECTS[one.finding]
            if one.finding == "new-person":
                found = {k: d for k, d in found.items() if d.contact != one.contact or d.finding not in OF_THE_PERSON}
            found[one.student, one.contact, one.finding if aspect == "restriction" else aspect] = one
        else:
            found = {place: one for place, one in found.items() if one.object != entry.object}
    return list(found.values())


def ended_by_hand(entries: Iterable[Entry]) -> frozenset[tuple[str, str]]:
    """Student and contact of whom the office ended the decision that gave the right, and made no other since."""
    giving: dict[str, tuple[str, str]] = {}  # store key → student and contact
    ended = set[tuple[str, str]]()
    for entry in entries:
        if entry.kind not in DECIDED or not (entry.student and entry.recipient and entry.object):
            continue
        if entry.kind == "right_ended":
            ended |= {giving[entry.object]} if entry.object in giving else set()
        elif entry.finding in GIVING:
            giving[entry.object] = (entry.student, entry.recipient)
            ended.discard((entry.student, entry.recipient))
    return frozenset(ended)


def handed_over_students(entries: Iterable[Entry]) -> frozenset[str]:
    """Whose report the office hands over where nobody else gets it: such a decision counts until it is ended."""
    return frozenset(one.student for one in decisions_that_count(entries) if one.finding == HAND_OVER)


def _finding(entry: Entry) -> RightsFinding:
    """Raises ValueError where a later version wrote one that is not known here: a bar must not become a right."""
    for finding in FINDINGS:
        if finding == entry.finding:
            return finding
    raise ValueError("the log has a finding that this version does not know")


def contact_with_decision(contact: ContactRights, decision: RightsDecision, day: date) -> ContactRights:
    """What the record and the decision say together on that day; the record goes before where it says anything.

    A bar is added, and never taken away: `no-restriction` speaks only of words that nobody can read.
    """
    if not decision.is_in_force(day) or decision.finding in (*OF_LIKENESS, *OF_HOLDER, HAND_OVER):
        return contact
    if decision.finding == DOCUMENTED:
        return _on_paper(contact, decision) if decision.compared == bar_digest(contact) else contact
    if ASPECTS[decision.finding] == "guardianship":
        silent = contact.legal_guardian is None
        said = decision.finding == "guardian"
        return replace(contact, legal_guardian=said, contradicts=False) if silent else contact
    if ASPECTS[decision.finding] == "agreement":
        silent = contact.agreement_until is None and (contact.relation or "").strip().lower() == AGENCY
        return replace(contact, agreement_until=decision.until) if silent else contact
    return _with_restriction(contact, decision, day)


def bar_digest(contact: ContactRights) -> str:
    """SHA-256, in hex, of the restriction that an answer is about; it lies sealed with the answer and nowhere else."""
    said = [contact.ref, contact.restriction, str(contact.restriction_from), str(contact.restriction_until)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _on_paper(contact: ContactRights, decision: RightsDecision) -> ContactRights:
    """The restriction as it was, with the paper that it rests on."""
    return replace(contact, restriction_document=decision.document, restriction_document_date=decision.dated)


def _with_restriction(contact: ContactRights, decision: RightsDecision, day: date) -> ContactRights:
    finding = decision.finding
    counts = {
        "post-only": not contact.restriction and not _is_dated(contact),
        "no-restriction": _is_unreadable(contact),
        "no-contact": contact.restriction != "no-contact" or not _is_barred(contact, day),
    }.get(finding, not _is_barred(contact, day))
    if not counts:
        same = decision.dated is not None and finding == contact.restriction  # the record's own bar, on paper now
        return _on_paper(contact, decision) if same else contact
    word = None if finding == "no-restriction" else finding
    barred = replace(contact, restriction=word, restriction_from=None, restriction_until=None)
    return _on_paper(barred, decision)


def contacts_with_decisions(
    contacts: Sequence[ContactRights], decisions: Mapping[str, Sequence[RightsDecision]], day: date
) -> tuple[ContactRights, ...]:
    """All contacts of one student; decisions are by contact."""
    said = []
    for contact in contacts:
        whole = contact
        for decision in decisions.get(contact.ref, ()):
            whole = contact_with_decision(whole, decision, day)
        said.append(whole)
    return tuple(said)


def _is_dated(contact: ContactRights) -> bool:
    return contact.restriction_from is not None or contact.restriction_until is not None


def _is_barred(contact: ContactRights, day: date) -> bool:
    in_force = covers(contact.restriction_from, contact.restriction_until, day)
    return contact.restriction in BARRED and in_force


def _is_unreadable(contact: ContactRights) -> bool:
    """In words that are none of the record's, or dated and without a word."""
    if contact.restriction:
        return contact.restriction not in BARRED | {"post-only"}
    return _is_dated(contact)
