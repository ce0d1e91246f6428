"""Comments: out of the extract under the student's key, and from there onto the report as they were proof-read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.comments import CommentState, Edit, edits_prefix
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.report import Comment
from termpost.tasks.home.comment_edits import (
    PrintedComments,
    all_edits,
    comments_of,
    keep_edits,
    printed_digest,
    standings,
)
from termpost.tasks.secrets.identities import open_identities

from tests.tasks.gradebook import Gradebook, Rooms

CYCLE = "2021-fall-final"
AT = datetime(2021, 12, 14, 9, tzinfo=UTC)
QUIET = 'Works well.\r\n\r\n=1+1, "quoted" – ñ 数 ع \U0001f600'


def say(book: Gradebook, student: str, text: str, class_id: str = "alg", **cells: str) -> None:
    row = {"studentSourcedId": student, "classSourcedId": class_id, "cycle": CYCLE, "comment": text}
    book.add("supplement/comments.csv", **{**row, **cells})


def printed(rooms: Rooms, extract_id: ExtractId, cycle: str = CYCLE) -> dict[str, Any]:
    """By the school's own ids."""
    names = {rooms.home.people.find(name): name for name in ("s-anna", "s-bela")}
    refs = [PersonRef(ref) for ref in names if ref]
    with rooms.lake() as lake:
        students = open_identities(lake, rooms.home.people, extract_id, StudentIdentity, refs)
    found = comments_of(rooms.home, cycle, students)
    return {str(names[ref]): places for ref, places in found.items()}


def edit(rooms: Rooms, extract_id: ExtractId, student: str, state: CommentState, text: str | None = None) -> None:
    with rooms.lake() as lake:
        (one,) = standings(rooms.home, lake, extract_id, CYCLE, [PersonRef(str(rooms.home.people.find(student)))])
    made = Edit(comment=one.key, written=one.written, text=text, state=state, by="mlopez", at=AT)
    keep_edits(rooms.home, CYCLE, [(one.student, made)])


def test_accepted_comments_of_the_cycle_are_found_by_student_and_class(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    say(gradebook, "s-anna", QUIET, author="A. Keller", language="es")
    say(gradebook, "s-anna", "In homeroom.", "")
    say(gradebook, "s-anna", "Of another cycle.", cycle="2021-fall-midterm")
    say(gradebook, "s-bela", "Of a class there is not.", "nowhere")  # quarantined
    say(gradebook, "s-bela", "Of no cycle.", cycle="")  # quarantined
    extract_id = rooms.take_in(gradebook.write(tmp_path / "x"))
    homeroom = Comment(text="In homeroom.", author=None, language=None)
    expected = {"alg": Comment(text=QUIET, author="A. Keller", language="es"), None: homeroom}
    assert printed(rooms, extract_id) == {"s-anna": expected}
    assert printed(rooms, extract_id, "2021-fall-midterm") == {"s-anna": {"alg": Comment(text="Of another cycle.")}}
    assert comments_of(rooms.home, CYCLE, {}) == {}


def test_a_comment_on_a_class_that_is_to_be_deleted_goes_with_it(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    gradebook.course("old", status="tobedeleted", dateLastModified="2021-09-01T00:00:00Z")
    say(gradebook, "s-anna", "Gone.", "old")
    say(gradebook, "s-anna", "There.")
    assert list(printed(rooms, rooms.take_in(gradebook.write(tmp_path / "x")))["s-anna"]) == ["alg"]


def test_several_comments_in_one_place_become_one_in_the_order_of_the_file(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    for author, language, text in (("B", "en", "By B."), ("A", "es", "By A."), ("B", "en", "By B. again.")):
        say(gradebook, "s-anna", text, author=author, language=language)
    extract_id = rooms.take_in(gradebook.write(tmp_path / "x"))
    assert printed(rooms, extract_id)["s-anna"]["alg"] == Comment(text="By B.\n\nBy A.\n\nBy B. again.", author="B, A")
    with rooms.lake() as lake:
        keys = {one.key for one in standings(rooms.home, lake, extract_id, CYCLE)}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("state", "text", "expected"),
    [("done", None, "Good."), ("edited", "Better.", "Better."), ("accepted", "Better.", "Better."),
     ("accepted", None, "Good."), ("declined", "Better.", None)],
)  # fmt: skip
def test_the_last_edit_is_what_is_printed_and_a_declined_comment_is_not(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path, state: CommentState, text: str | None, expected: str | None
) -> None:
    say(gradebook, "s-anna", "Good.", author="A")
    say(gradebook, "s-bela", "Fine.")
    extract_id = rooms.take_in(gradebook.write(tmp_path / "x"))
    edit(rooms, extract_id, "s-anna", "edited", "An earlier text.")
    edit(rooms, extract_id, "s-anna", state, text)
    found = printed(rooms, extract_id)
    assert found["s-bela"]["alg"].text == "Fine."
    assert ("s-anna" in found) == (expected is not None)
    if expected:
        assert found["s-anna"]["alg"] == Comment(text=expected, author="A")
    assert [one.text for _, one in all_edits(rooms.home, CYCLE)] == ["An earlier text.", text]  # nothing is lost


def test_an_edit_follows_its_text_into_newer_extracts_and_says_nothing_of_another(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    say(gradebook, "s-anna", "Good.")
    edit(rooms, rooms.take_in(gradebook.write(tmp_path / "x")), "s-anna", "declined")
    gradebook.mark("quiz", "s-anna", "3", sourcedId="r-new")  # a newer extract that says the same of it
    gradebook.files["results.csv"].pop(0)
    second = rooms.take_in(gradebook.write(tmp_path / "y"))
    assert printed(rooms, second) == {}
    gradebook.files["supplement/comments.csv"][0]["comment"] = "Good!"
    third = rooms.take_in(gradebook.write(tmp_path / "z"))
    assert printed(rooms, third)["s-anna"]["alg"].text == "Good!"
    with rooms.lake() as lake:
        assert [one.state for one in standings(rooms.home, lake, third, CYCLE)] == ["done"]
        assert [one.state for one in standings(rooms.home, lake, second, CYCLE)] == ["declined"]


def test_comments_and_their_edits_lie_sealed_and_go_with_the_student(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    for student in ("s-anna", "s-bela"):
        say(gradebook, student, f"Xylophone {student}.")
    extract_id = rooms.take_in(gradebook.write(tmp_path / "x"))
    for student in ("s-anna", "s-bela"):
        edit(rooms, extract_id, student, "edited", f"Xylophones {student}.")
    kept = [path for path in rooms.home.path.rglob("*") if path.is_file() and "landing" not in path.parts]
    assert any(edits_prefix(CYCLE) in str(path) for path in kept)
    assert [path for path in kept if b"Xylophone" in path.read_bytes()] == []
    with rooms.lake() as lake:
        for table in rooms.tables():
            assert "Xylophone" not in str(lake.execute(f"SELECT * FROM lake.{table}").fetchall())

    anna = PersonRef(str(rooms.home.people.find("s-anna")))
    rooms.home.people.delete(anna)
    assert list(printed(rooms, extract_id)) == ["s-bela"]
    assert [one.text for _, one in all_edits(rooms.home, CYCLE)] == ["Xylophones s-bela."]


def test_imports_are_numbered_on_and_none_is_written_over(rooms: Rooms, gradebook: Gradebook, tmp_path: Path) -> None:
    say(gradebook, "s-anna", "Good.")
    extract_id = rooms.take_in(gradebook.write(tmp_path / "x"))
    store = rooms.home.store
    for text in ("One.", "Two."):
        edit(rooms, extract_id, "s-anna", "edited", text)
    keys = list(store.list(edits_prefix(CYCLE)))
    assert [Path(key).name.partition("-")[0] for key in keys] == ["00000001", "00000002"]
    before = [store.get(key) for key in keys]
    edit(rooms, extract_id, "s-anna", "accepted", "Two.")
    assert [store.get(key) for key in list(store.list(edits_prefix(CYCLE)))[:2]] == before


def test_the_digest_of_comments_says_whether_anything_printed_is_another(rooms: Rooms) -> None:
    people = rooms.home.people
    ref = people.references(["s-anna"])["s-anna"]
    printed: tuple[PrintedComments | None, ...] = (
        None, {None: Comment(text="a")}, {"alg": Comment(text="a")}, {"alg": Comment(text="b")},
        {"alg": Comment(text="a", author="B")}, {"alg": Comment(text="a"), None: Comment(text="a")},
    )  # fmt: skip
    seen = {printed_digest(people, ref, places) for places in printed}
    assert len(seen) == 6
    assert printed_digest(people, ref, {}) == ""
    one, two = Comment(text="a"), Comment(text="b")
    assert printed_digest(people, ref, {"x": one, "y": two}) == printed_digest(people, ref, {"y": two, "x": one})
