"""How a teacher's comment is proof-read: its states, and the edits as they are kept, sealed and only ever added to."""

from datetime import datetime
from typing import Final, Literal, get_args

from termpost.schemas.base.frozen import FrozenModel

COMMENTS_FORMAT: Final = "termpost.comments/1"

CommentState = Literal[
    "done", "edited", "accepted", "declined"
]  # written and not yet read; then what a reader made of it
STATES: tuple[CommentState, ...] = get_args(CommentState)
SETTLED: frozenset[CommentState] = frozenset({"accepted", "declined"})


class Edit(FrozenModel):
    """What a proof-reader made of one comment. It never leaves a task's memory in clear."""

    comment: str  # key
    written: str  # the teacher's text it was made of: of another one it says nothing
    text: str | None  # instead of it; none: as written
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
