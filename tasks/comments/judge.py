"""What comes back from a proof-reader, row by row: what it changes, or what is wrong with it."""

import hmac
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.comments import STATES, CommentParts, CommentState
from termpost.tasks.comments.spreadsheet import PARTS, SheetRow
from termpost.tasks.comments.wording import broken_rules, said_of
from termpost.tasks.home.comment_edits import CommentStanding
from termpost.tasks.home.home import Home

FIXED = (
    "class_id",
    "author",
    "language",
    "comment",
    "student_says",
)  # of the source: what is changed there would be lost


@dataclass(frozen=True)
class CommentChange:
    """What a row makes of a comment."""

    row: int
    before: CommentStanding
    state: CommentState
    text: str | None
    parts: CommentParts | None
    by: str

    @property
    def was(self) -> str:
        """All that was printed before, as `wording`."""
        return _in_one(self.before.wording, self.before.worded_parts)

    @property
    def wording(self) -> str:
        """All that is printed: the free text, then a line for each of its parts, by column."""
        text = self.before.written if self.text is None else self.text
        return _in_one(text, self.before.written_parts if self.parts is None else self.parts)


def _in_one(text: str, parts: CommentParts) -> str:
    return "\n".join([*([text] if text else []), *(f"{name}: {said}" for name, said in parts if said)])


@dataclass(frozen=True)
class Known:
    """What a row is held against."""

    comments: Mapping[str, CommentStanding]  # by key
    students: Mapping[PersonRef, str]  # reference → the school's id, of everyone in the extract
    staff: frozenset[str]  # who may be named as the reader
    secret: bytes  # of fingerprints
    codes: frozenset[str]  # of the bank
    by: str | None = None  # who reads, where the sheet need not say it


@dataclass
class Judged:
    """Nothing is changed while there is one problem."""

    changes: list[CommentChange] = field(default_factory=list)
    problems: list[InputError] = field(default_factory=list)


def fingerprint_secret(home: Home) -> bytes:
    return home.keys.derive("comments/fingerprint")


def fingerprint(secret: bytes, key: str, written: str, state: str, edited: str, *parts: str) -> str:
    """Of a comment as it stands; how a spreadsheet breaks lines makes no difference."""
    said = "\0".join((key, *map(_lines, (written, state, edited, *parts))))
    return "f" + hmac.digest(secret, said.encode(), "sha256").hex()[:20]


def judge(rows: Sequence[SheetRow], known: Known) -> Judged:
    """Every row of a sheet whose columns are right."""
    judged = Judged()
    places = Counter(row.cells["comment_id"] for row in rows)
    for row in rows:
        try:
            _refuse_twice(row, places)
            change = _change(row, known)
        except InputError as problem:
            judged.problems.append(problem)
        else:
            judged.changes += [change] if change else []
    judged.problems += _of_wording(judged.changes, {row.number: row for row in rows})
    return judged


def _refuse_twice(row: SheetRow, places: Mapping[str, int]) -> None:
    if places[row.cells["comment_id"]] > 1:
        remedy = "leave the one that counts"
        raise InputError("twice", "the comment has several rows", row.place("comment_id"), remedy)


def _change(row: SheetRow, known: Known) -> CommentChange | None:
    """None where the row says what holds already, or is as it was exported.

    Raises:
        InputError: what is wrong with the row.
    """
    cells, now = row.cells, known.comments.get(row.cells["comment_id"])
    said = tuple(cells[column] for column in ("comment_id", "comment", "state", "edited_comment", *PARTS))
    untouched = fingerprint(known.secret, *said) == cells["fingerprint"]
    if now is None:
        if untouched:
            return None
        raise _unknown(row, known)
    _refuse_another_student(row, now, known)
    is_current = cells["fingerprint"] == current_fingerprint(known.secret, now)
    if is_current:
        _refuse_moved_cells(row, now)
    if untouched:
        return None
    state, text, parts = _wanted(row, now, known)
    if (state, text, parts) == (now.state, now.text, now.parts):
        return None
    if not is_current:
        remedy = "export again and enter it there; without this row the others can be imported"
        raise InputError("changed-since", "the comment has changed since this sheet was exported", row.place(), remedy)
    return CommentChange(row.number, now, state, text, parts, _reader(row, known))


def current_fingerprint(secret: bytes, now: CommentStanding) -> str:
    parts = (said for _, said in now.worded_parts)
    return fingerprint(secret, now.key, now.written, now.state, now.text or "", *parts)


def _wanted(row: SheetRow, now: CommentStanding, known: Known) -> tuple[CommentState, str | None, CommentParts | None]:
    """The state and the wording that a row asks for."""
    asked = row.cells["state"].strip().lower()
    state = next((state for state in STATES if state == asked), None)
    if state is None:
        raise InputError("unknown-state", "this is no state", row.place("state"), f"use one of {', '.join(STATES)}")
    edited = row.cells["edited_comment"]
    same = [text for text in (now.text, now.written) if text is not None and _lines(text) == _lines(edited)]
    text = None if not edited.strip() else same[0] if same else edited
    if text == now.written:
        text = None
    parts = _wanted_parts(row, now, known)
    is_as_written = text is None and parts is None
    if state == "done" and not is_as_written:
        return "edited", text, parts  # whoever writes a text has read the comment
    if state == "edited" and is_as_written:
        remedy = "write the text, or say accepted or declined"
        raise InputError("nothing-edited", "edited, but there is no other text", row.place("edited_comment"), remedy)
    return state, text, parts


def _wanted_parts(row: SheetRow, now: CommentStanding, known: Known) -> CommentParts | None:
    """What a row asks to stand beside the free text; None: what came. A text is as it was but for ends of line."""
    kept = {name: str(said) for name, said in now.worded_parts}
    wanted = {name: said if _lines(row.cells[name]) == _lines(said) else row.cells[name].strip()
              for name, said in kept.items()}  # fmt: skip
    parts = CommentParts(**wanted)
    unknown = [code for code in parts.listed_codes if code not in known.codes]
    if unknown and parts.codes != now.worded_parts.codes:
        remedy = "see `termpost comments bank`"
        raise InputError("unknown-code", f"{unknown[0]} is not in the bank", row.place("codes"), remedy)
    return None if parts == now.written_parts else parts


def _reader(row: SheetRow, known: Known) -> str:
    if known.by is not None:
        return known.by
    by = row.cells["edited_by"].strip()
    if not by:
        remedy = "write your staff id there, or give --by STAFF"
        raise InputError("no-editor", "nobody says who read the comment", row.place("edited_by"), remedy)
    if by not in known.staff:
        raise InputError(
            "unknown-staff", "there is no such staff id", row.place("edited_by"), "see `termpost staff list`"
        )
    return by


def _unknown(row: SheetRow, known: Known) -> InputError:
    if not any(_same_id(row.cells["student_id"], student) for student in known.students.values()):
        remedy = "use an id of the export"
        return InputError("unknown-student", "no student has this id", row.place("student_id"), remedy)
    remedy = "export again: it may have been taken out or be of another cycle"
    return InputError("unknown-comment", "the cycle has no such comment", row.place("comment_id"), remedy)


def _refuse_another_student(row: SheetRow, now: CommentStanding, known: Known) -> None:
    cell, students = row.cells["student_id"], known.students
    if _same_id(cell, students[now.student]):
        return
    if any(_same_id(cell, student) for student in students.values()):
        remedy = "do not sort or move single columns; export again"
        raise InputError("other-student", "the comment is about another student", row.place("student_id"), remedy)
    raise InputError("unknown-student", "no student has this id", row.place("student_id"), "use an id of the export")


def _refuse_moved_cells(row: SheetRow, now: CommentStanding) -> None:
    kept_as = (now.class_id, now.author, now.language, now.written, now.worded_parts.student_says)
    for column, is_now in zip(FIXED, kept_as, strict=True):
        cell, kept = row.cells[column], is_now or ""
        if not (_lines(cell) == _lines(kept) or (column == "class_id" and _same_id(cell, kept))):
            remedy = "write into edited_comment only; anything else is fixed where the comment comes from"
            raise InputError("fixed-column", "this cell is not for editing", row.place(column), remedy)


def _of_wording(changes: Sequence[CommentChange], rows: Mapping[int, SheetRow]) -> Iterator[InputError]:
    """The contract warns of a teacher's text; of a new one it refuses, since here it can be fixed at once."""
    written = [change for change in changes if change.text is not None and change.text != change.before.text]
    new = [(change.row, "edited_comment", str(change.text)) for change in written]
    new += [
        (change.row, name, said) for change in changes if change.parts is not None
        for name, said in change.parts if said and said != getattr(change.before.worded_parts, name)
    ]  # fmt: skip
    for position, rule in broken_rules([said for _, _, said in new]):
        (row, column, _), (what, remedy) = new[position], said_of(rule)
        yield InputError(rule, what, rows[row].place(column), remedy)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _same_id(cell: str, kept: str) -> bool:
    """A spreadsheet takes the zeros in front of a number away."""
    return cell.strip().lstrip("0") == kept.strip().lstrip("0")
