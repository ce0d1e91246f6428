"""Whose released report gets a new version: law 12 freezes everybody else's."""

from collections.abc import Iterable, Sequence

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Batch
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.cycle_state import CycleState


def corrected_students(state: CycleState, prepared: Sequence[PreparedSchool], asked: Iterable[str]) -> frozenset[str]:
    """Those asked for, and those whose correction was prepared before and still waits: it follows the newer extract.

    Raises:
        InputError: `not-released`, where there is nothing to correct, with the references of all of them.
    """
    named = tuple(dict.fromkeys(asked))
    wanted = frozenset(named)
    if unreleased := [student for student in named if student not in state.released_students]:
        has = "has" if len(unreleased) == 1 else "have"
        raise InputError("not-released", f"{', '.join(unreleased)} {has} no released report in this cycle", "--correct",
                         "prepare without: what is not released follows the extract anyway")  # fmt: skip
    waiting = {r.student for school in prepared for r in school.reports if state.is_corrected(r.report, r.version)}
    return wanted | waiting


def refuse_gone(asked: Iterable[str], batches: Iterable[Batch]) -> None:
    """Refuses to correct whom no report is made for by the new extract, before any report is made.

    Raises:
        InputError: `not-in-extract`, with the references of all of them.
    """
    due = {student for batch in batches for student in batch.students}
    if gone := [student for student in dict.fromkeys(asked) if student not in due]:
        who = f"{', '.join(gone)} {'is' if len(gone) == 1 else 'are'}"
        raise InputError(
            "not-in-extract", f"{who} not in this extract with a class of this cycle, nothing was corrected",
            "--correct", "prepare without, and withdraw what must not stay released",
        )  # fmt: skip
