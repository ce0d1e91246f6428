"""Which comments a release waits for, and how it is known that a report has those that hold now."""

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef, Summaries
from termpost.schemas.documents.comments import CommentState, Edit
from termpost.schemas.documents.prepared import PreparedSchool, ResolvedHold
from termpost.tasks.distribute.comments_read import refuse_unread
from termpost.tasks.home.comment_edits import keep_edits, standings
from termpost.tasks.home.home import Home
from termpost.tasks.stage.manifests import keep_manifest

from tests.tasks.gradebook import Gradebook, Rooms, new_home

CYCLE = "2021-fall-final"
COMMENTS = (("s-anna", "alg"), ("s-anna", ""), ("s-bela", "alg"), ("s-bela", "spring"))  # spring: not on this report


@dataclass
class Waiting:
    """A cycle of two students as it was prepared."""

    rooms: Rooms
    lake: duckdb.DuckDBPyConnection
    summaries: Summaries
    rendered: Any
    home: Home

    def prepare(self, **update: Any) -> PreparedSchool:
        manifest = self.rooms.manifest(self.summaries, self.rendered).model_copy(update=update)
        keep_manifest(self.home, "made", manifest)
        return manifest

    def read(self, student: str, class_id: str, state: CommentState, text: str | None = None) -> None:
        found = standings(self.home, self.lake, self.summaries.extract_id, CYCLE, [self.ref(student)])
        (one,) = (one for one in found if (one.class_id or "") == class_id)
        edit = Edit(comment=one.key, written=one.written, text=text, state=state, by="m", at=self.home.clock.today())
        keep_edits(self.home, CYCLE, [(one.student, edit)])

    def ref(self, student: str) -> PersonRef:
        found = self.home.people.find(student)
        assert found
        return found

    def refusal(self, manifest: PreparedSchool, *students: str) -> str:
        """Code and sentence; empty where the reports may go."""
        chosen = {self.ref(student) for student in students or ("s-anna", "s-bela")}
        try:
            refuse_unread(self.home, self.lake, CYCLE, [r for r in manifest.reports if r.student in chosen])
        except Refused as refused:
            return f"{refused.code}: {refused.what}"
        return ""


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rooms, duckdb.DuckDBPyConnection, Any, Any]]:
    folder = tmp_path_factory.mktemp("comments-read")
    rooms, book = Rooms(new_home(folder / "home")), Gradebook()
    book.school()
    book.course("alg")
    book.course("spring", terms="2022-spring")
    book.item("quiz", "alg", "10")
    for student in ("s-anna", "s-bela"):
        book.student(student)
        book.enroll(student, "alg")
        book.enroll(student, "spring")
        book.mark("quiz", student, "9")
    for student, class_id in COMMENTS:
        row = {"studentSourcedId": student, "classSourcedId": class_id, "comment": f"Of {class_id}."}
        book.add("supplement/comments.csv", cycle=CYCLE, **row)
    summaries = rooms.summarise(rooms.take_in(book.write(folder / "extract")))
    rendered = rooms.render(summaries)
    with rooms.lake() as lake:
        yield rooms, lake, summaries, rendered


@pytest.fixture
def waiting(_made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Waiting:
    """With `comments_accepted`; nothing is read yet."""
    made, lake, summaries, rendered = _made
    rooms = Rooms(replace(made.home, path=Path(shutil.copytree(made.home.path, tmp_path / "home"))))
    monkeypatch.setattr(rooms, "lake", lambda: nullcontext(lake))
    home = replace(rooms.home, environ={})
    release = home.settings.release.model_copy(update={"comments_accepted": True})
    vars(home)["settings"] = home.settings.model_copy(update={"release": release})
    return Waiting(rooms, lake, summaries, rendered, home)


def test_every_comment_on_a_report_must_be_accepted_or_declined(waiting: Waiting) -> None:
    three = "comments-not-accepted: 3 comments on these reports are neither accepted nor declined"
    assert waiting.refusal(waiting.prepare()) == three
    assert replace(waiting, home=waiting.rooms.home).refusal(waiting.prepare()) == ""  # the setting is off by itself
    waiting.read("s-anna", "alg", "accepted")
    waiting.read("s-anna", "", "declined")
    waiting.read("s-bela", "alg", "edited", "Another.")
    one = "comments-not-accepted: 1 comment on these reports is neither accepted nor declined"
    assert waiting.refusal(waiting.prepare()) == one
    assert waiting.refusal(waiting.prepare(), "s-anna") == ""  # the other is kept back
    waiting.read("s-bela", "alg", "accepted", "Another.")
    assert waiting.refusal(waiting.prepare()) == ""


def test_comments_that_no_report_shows_need_nobody(waiting: Waiting) -> None:
    plain = {"TERMPOST_REPORT__FINAL": '["work"]'}
    silent = replace(waiting.home, environ={**waiting.home.environ, **plain})
    vars(silent)["settings"] = silent.settings.model_copy(update={"release": waiting.home.settings.release})
    assert waiting.refusal(waiting.prepare()) != ""
    assert replace(waiting, home=silent).refusal(waiting.prepare()) == ""


def test_a_comment_on_a_course_that_was_left_off_is_not_waited_for(waiting: Waiting) -> None:
    anna = waiting.ref("s-anna")
    waiting.read("s-bela", "alg", "accepted")
    waiting.read("s-anna", "", "accepted")
    for way, refused in (("omit-course", False), ("grade-to-follow", True)):
        hold = ResolvedHold(student=anna, class_id="alg", reason="required", decision=way, by="m")
        assert bool(waiting.refusal(waiting.prepare(resolved=(hold,)))) == refused


@pytest.mark.parametrize(
    ("state", "text", "changed"),
    [("accepted", None, False), ("accepted", "Another.", True), ("edited", "Another.", True), ("declined", None, True)],
)
def test_a_report_must_have_the_comments_that_hold_now(
    waiting: Waiting, state: CommentState, text: str | None, changed: bool
) -> None:
    lenient = replace(waiting, home=waiting.rooms.home)
    before = waiting.prepare()
    waiting.read("s-anna", "alg", state, text)
    said = "comments-changed: 1 report is not as the comments are now" if changed else ""
    assert lenient.refusal(before) == said
    assert lenient.refusal(before, "s-bela") == ""
    assert lenient.refusal(waiting.prepare()) == ""
    if changed:  # and back again
        waiting.read("s-anna", "alg", "accepted")
        assert lenient.refusal(waiting.prepare()) == lenient.refusal(before) == ""


def test_the_manifest_names_the_comments_of_a_report_by_a_digest_under_the_students_key(waiting: Waiting) -> None:
    digests = [report.comments for report in waiting.prepare().reports]
    assert len(set(digests)) == 2
    assert {len(digest) for digest in digests} == {64}
    for place in (("s-anna", "alg"), ("s-anna", "")):
        waiting.read(*place, "declined")
    (of_anna,) = (r.comments for r in waiting.prepare().reports if r.student == waiting.ref("s-anna"))
    assert of_anna == ""
