"""The comments of a cycle as they stand: what teachers wrote, with what proof-readers made of it.

Both lie sealed under the student's own key: the first in the student's identity, the second beside the notes.
"""

import base64
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.comments import (
    KINDS,
    BankSentence,
    CommentPart,
    CommentParts,
    CommentState,
    Edit,
    EditFile,
    SealedEdit,
    edits_key,
    edits_prefix,
)
from termpost.schemas.documents.identity import StudentIdentity, TeacherComment
from termpost.schemas.documents.report import Comment
from termpost.tasks.home.comment_bank import Bank, bank_of
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import keep, kept, kept_names
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.key_store import PersonKeyStore
from termpost.tasks.secrets.object_tags import no_tag

Edits = Mapping[tuple[str, str, CommentParts], Edit]  # comment, the wording it was made of → the last one
NO_PARTS = CommentParts()
PrintedComments = dict[str | None, Comment]  # by class; None is homeroom


@dataclass(frozen=True)
class CommentStanding:
    """One comment and where its proof-reading stands."""

    key: str  # stable over extracts: student × class × cycle × author
    student: PersonRef
    class_id: str | None
    author: str | None
    language: str | None
    written: str  # by the teacher
    state: CommentState = "done"
    text: str | None = None  # by a proof-reader, instead of it
    by: str | None = None
    at: datetime | None = None
    written_parts: CommentParts = NO_PARTS  # by the teacher and the student
    parts: CommentParts | None = None  # by a proof-reader, instead of them

    @property
    def wording(self) -> str:
        """The free text that is printed, unless it was declined."""
        return self.written if self.text is None else self.text

    @property
    def worded_parts(self) -> CommentParts:
        """Likewise what stands beside it."""
        return self.written_parts if self.parts is None else self.parts


def comments_of(
    home: Home, cycle_id: str, students: Mapping[PersonRef, StudentIdentity]
) -> dict[PersonRef, PrintedComments]:
    """What is printed of the comments of a cycle, by student and class; None is homeroom.

    Declined ones are absent, and so are students without any. Several in one place become one, in the order of the
    file, an empty line between them.
    """
    return printed_of(home, _standings(home, cycle_id, students))


def printed_of(home: Home, found: Iterable[CommentStanding]) -> dict[PersonRef, PrintedComments]:
    """The same, of comments that were read already. Raises InputError where a code is in the bank no more."""
    bank, offered = bank_of(home), home.settings.institution.languages
    places: defaultdict[PersonRef, defaultdict[str | None, list[CommentStanding]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in found:
        if one.state != "declined":
            places[one.student][one.class_id].append(one)
    return {
        student: {class_id: _as_one(of_class, bank, offered) for class_id, of_class in of_student.items()}
        for student, of_student in places.items()
    }


def standings(
    home: Home,
    lake: duckdb.DuckDBPyConnection,
    extract_id: str,
    cycle_id: str,
    students: Iterable[PersonRef] | None = None,
) -> list[CommentStanding]:
    """Every comment of a cycle in one extract, declined ones too; without `students` everybody's."""
    return _standings(
        home, cycle_id, open_identities(lake, home.people, ExtractId(extract_id), StudentIdentity, students)
    )


def _standings(home: Home, cycle_id: str, students: Mapping[PersonRef, StudentIdentity]) -> list[CommentStanding]:
    edits: Edits | None = None
    found = []
    for student, identity in students.items():
        of_cycle = [comment for comment in identity.comments if comment.cycle == cycle_id]
        if of_cycle:
            edits = last_edits(home, cycle_id) if edits is None else edits
            found += [_standing(student, key, comment, edits) for key, comment in _named(home, student, of_cycle)]
    return found


def printed_digest(people: PersonKeyStore, student: PersonRef, printed: PrintedComments | None) -> str:
    """What a manifest says of a student's comments; empty where there are none."""
    if not printed:
        return ""
    places = sorted(printed.items(), key=lambda place: place[0] or "")
    # one without parts says what it said before there were any
    dumped = [(class_id, one.model_dump_json(exclude=None if one.parts else {"parts"})) for class_id, one in places]
    said = "\n".join(f"{class_id or ''}\0{comment}" for class_id, comment in dumped)
    return people.digest(student, said.encode())


def all_edits(home: Home, cycle_id: str) -> Iterator[tuple[PersonRef, Edit]]:
    """Every edit there ever was of a cycle, oldest first; those about people who were erased do not open any more.

    Raises:
        Refused: `object-gone`, `object-changed`, `no-tag`.
    """
    _refuse_untagged(home, cycle_id)
    for name in _imports(home, cycle_id):
        edits = EditFile.model_validate_json(kept(home, name) or b"").edits
        home.people.preload(PersonRef(one.student) for one in edits)
        for one in edits:
            student = PersonRef(one.student)
            try:
                plain = home.people.open(student, base64.b64decode(one.sealed))
            except KeyError:
                continue
            yield student, Edit.model_validate_json(plain)


def last_edits(home: Home, cycle_id: str) -> Edits:
    """The edit that counts for each comment in each of its wordings."""
    return {(edit.comment, edit.written, edit.written_parts): edit for _, edit in all_edits(home, cycle_id)}


def keep_edits(home: Home, cycle_id: str, edits: Sequence[tuple[PersonRef, Edit]]) -> str:
    """Adds the edits of one import as one object; returns its name. Whoever calls this holds the cycle."""
    sealed = tuple(
        SealedEdit(
            student=student,
            sealed=base64.b64encode(home.people.seal(student, edit.model_dump_json().encode())).decode(),
        )
        for student, edit in edits
    )
    name = edits_key(cycle_id, 1 + len(_imports(home, cycle_id)))
    keep(home, "comments", name, EditFile(edits=sealed).model_dump_json().encode())
    return name


def _imports(home: Home, cycle_id: str) -> list[str]:
    """Names of what was imported, in the order in which it was."""
    return kept_names(home, lambda name: name.startswith(edits_prefix(cycle_id)))


def _refuse_untagged(home: Home, cycle_id: str) -> None:
    """An earlier version kept edits that no entry of the log names."""
    for key in home.store.list(edits_prefix(cycle_id)):
        if "-" not in key.removeprefix(edits_prefix(cycle_id)):
            raise no_tag(key)


def _named(home: Home, student: PersonRef, comments: Iterable[TeacherComment]) -> Iterator[tuple[str, TeacherComment]]:
    """Each with its key. Nobody without the student's key can tell whose it is."""
    seen: Counter[tuple[str, str]] = Counter()
    for comment in comments:
        place = (comment.class_id or "", comment.author or "")
        seen[place] += 1
        name = home.people.name(student, "comment", comment.cycle, *place, str(seen[place]))
        yield f"c{name}", comment  # a letter first: a spreadsheet takes twenty digits for a number


def _standing(student: PersonRef, key: str, comment: TeacherComment, edits: Edits) -> CommentStanding:
    found = CommentStanding(key, student, comment.class_id, comment.author, comment.language, comment.text,
                            written_parts=comment.parts)  # fmt: skip
    edit = edits.get((key, comment.text, comment.parts))
    if edit is None:
        return found
    return replace(found, state=edit.state, text=edit.text, parts=edit.parts, by=edit.by, at=edit.at)


def _as_one(found: Sequence[CommentStanding], bank: Bank, offered: Sequence[str]) -> Comment:
    authors = dict.fromkeys(one.author for one in found if one.author)
    languages = {one.language for one in found}
    return Comment(
        text=_joined(one.wording for one in found),
        author=", ".join(authors) or None,
        language=languages.pop() if len(languages) == 1 else None,
        parts=tuple(_parts([one.worded_parts for one in found], bank, offered)),
    )


def _parts(found: Sequence[CommentParts], bank: Bank, offered: Sequence[str]) -> Iterator[CommentPart]:
    """What is said of each kind, where anything is."""
    sentences = [bank.of(code) for code in dict.fromkeys(code for parts in found for code in parts.listed_codes)]
    for kind in KINDS:
        text = _joined(parts.said(kind) for parts in found)
        of_kind = tuple(
            BankSentence(code=one.code, texts=tuple((language, one.of(language) or "") for language in offered))
            for one in sentences if one.kind == kind
        )  # fmt: skip
        if text or of_kind:
            yield CommentPart(kind=kind, sentences=of_kind, text=text)


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text for text in texts if text)
