"""How a teacher's comment is proof-read: its states, and the edits as they are kept, sealed and only ever added to."""

import re
from datetime import datetime
from typing import Final, Literal, get_args

from termpost.schemas.base.frozen import FrozenModel

COMMENTS_FORMAT: Final = "termpost.comments/1"

CommentState = Literal[
    "done", "edited", "accepted", "declined"
]  # written and not yet read; then what a reader made of it
STATES: tuple[CommentState, ...] = get_args(CommentState)
SETTLED: frozenset[CommentState] = frozenset({"accepted", "declined"})
CommentKind = Literal["strength", "next_step", "home_help", "student_says"]
KINDS: tuple[CommentKind, ...] = get_args(CommentKind)  # in the order of a report


class CommentParts(FrozenModel):
    """What of a comment stands under headings of its own, below its free text. Empty: nothing."""

    strength: str = ""
    next_step: str = ""
    home_help: str = ""
    student_says: str = ""  # by the student
    codes: str = ""  # of sentences of the bank, apart by blanks

    @property
    def listed_codes(self) -> tuple[str, ...]:
        return codes_of(self.codes)

    def said(self, kind: CommentKind) -> str:
        """The text of one kind."""
        return str(getattr(self, kind))


def codes_of(cell: str) -> tuple[str, ...]:
    """The codes that a cell names, each once: `s01, N04` is S01 and N04."""
    return tuple(dict.fromkeys(re.split(r"[\s,;]+", cell.strip().upper()))) if cell.strip() else ()


class BankSentence(FrozenModel):
    """A sentence of the bank, chosen by its code: in every language of the school, its placeholders unfilled."""

    code: str
    texts: tuple[tuple[str, str], ...]  # language and sentence


class CommentPart(FrozenModel):
    """What is said under one heading below a comment: sentences of the bank, then what was written."""

    kind: CommentKind
    sentences: tuple[BankSentence, ...] = ()
    text: str = ""


class Edit(FrozenModel):
    """What a proof-reader made of one comment. It never leaves a task's memory in clear."""

    comment: str  # key
    written: str  # the teacher's text it was made of: of another one it says nothing
    written_parts: CommentParts = CommentParts()  # likewise
    text: str | None  # instead of it; none: as written
    parts: CommentParts | None = None  # instead of those; none: as written
    state: CommentState
    by: str  # staff id
    at: datetime  # UTC


class SealedEdit(FrozenModel):
    """An edit under the key of the student it is about, so that it goes when they are erased."""

    student: str  # reference
    sealed: str  # base64


class EditFile(FrozenModel):
    """All edits of one import. One object, so that an import is there or is not."""

    format: Literal["termpost.comments/1"] = COMMENTS_FORMAT
    edits: tuple[SealedEdit, ...]


def edits_prefix(cycle: str) -> str:
    return f"notes/comments/{cycle}/"


def edits_key(cycle: str, number: int) -> str:
    """The object of the nth import."""
    return f"{edits_prefix(cycle)}{number:08d}.json"
