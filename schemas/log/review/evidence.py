"""Which entries of the log show that a section of the procedure was kept to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from termpost.schemas.log.entry import EntryKind, Logged


@dataclass(frozen=True)
class ProcedureSection:
    """One section, with the kinds of entries that show it."""

    number: str
    title: str
    shown_by: tuple[EntryKind, ...]


SECTIONS: Final = (
    ProcedureSection("3", "Who prepares, oversees, reviews and responds",
                     ("staff_changed", "approved", "released", "stopped", "acknowledged", "policy_acknowledged")),
    ProcedureSection("4.1", "Reports at designated intervals, final ones within a week",
                     ("extract_received", "checked", "quarantined", "report_made", "held", "hold_resolved",
                      "grading_complete", "grade_decided", "grade_follows", "warning_decided",
                      "released", "superseded", "watched")),
    ProcedureSection("4.2", "Secure channels, and never to unauthorised parties",
                     ("right_decided", "right_ended", "planned", "sealed", "delivered", "opened", "withdrawn",
                      "refused", "exported", "verification_set")),
    ProcedureSection("4.3", "Official platforms, e-mail and meetings",
                     ("planned", "sent", "failed", "uncertain", "expired", "meeting")),
    ProcedureSection("4.4", "Questions answered within the days that are promised, and meetings",
                     ("query_received", "query_noticed", "query_changed", "query_read", "query_answered", "meeting")),
    ProcedureSection("4.5", "Records of what was given and said",
                     ("delivered", "sent", "acknowledged", "query_answered", "kept", "text_decided", "exported")),
    ProcedureSection("5", "Privacy, and storage that few may read",
                     ("access_request", "erased", "retained", "records_held", "transferred", "incident", "backed_up",
                      "restored", "refused", "home_made", "rehearsed")),
    ProcedureSection("6", "Reviewed each year, and what was changed",
                     ("review_signed", "policy_acknowledged", "settings_changed")),
    ProcedureSection("8", "Schedule, sample report and feedback form",
                     ("report_made", "question_asked", "question_settled", "query_received")),
)  # fmt: skip


def sections_of(kind: EntryKind) -> Iterator[str]:
    """The numbers of those that it shows; every kind has one (a test holds it)."""
    return (section.number for section in SECTIONS if kind in section.shown_by)


def evidence_of(entries: Iterable[Logged]) -> dict[str, list[Logged]]:
    """Section → the entries that show it, in their order; a section that nothing shows is there, and empty."""
    found: dict[str, list[Logged]] = {section.number: [] for section in SECTIONS}
    for entry in entries:
        for number in sections_of(entry.kind):
            found[number].append(entry)
    return found
