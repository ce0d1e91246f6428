"""Progress notices end to end: named by a teacher, released, delivered; and nobody else is written to."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.tasks.papers.proof.proof import write_proof
from termpost.tasks.stage.manifests import prepared_of

from tests.school import CYCLE, FANNIE, KYLE, LISA, School
from tests.snapshots import copy_of, small_school, snapshot

ALGEBRA = "123456780"
BELOW_ALL = 'kind = "warning"\nbelow = "0.5"\n'  # nobody is below it by themselves


def invoke(school: School, *arguments: str) -> Any:
    with school.phone.is_the_time():
        found = CliRunner().invoke(
            termpost, ["warnings", *arguments, "--home", str(school.home), "--as-of", "2021-12-17", "--json"],
            standalone_mode=False,
        )  # fmt: skip
    assert found.exception is None, found.output
    return json.loads(found.stdout)


def test_a_course_that_a_teacher_names_reaches_its_family_and_nobody_else_is_written_to(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    school = copy_of(snapshot(tmp_path_factory, "small", small_school), tmp_path / "school")
    calendar = school.home / "calendar.toml"
    calendar.write_text(calendar.read_text().replace('kind = "final"\n', BELOW_ALL))
    (tmp_path / "why.txt").write_text("Two essays are late.")
    teacher = school.register("afry", "teacher")
    proof = ("--by", "afry", "--otp", teacher.code(), "--note-file", str(tmp_path / "why.txt"))
    school.phone.now = teacher.now
    assert invoke(school, "add", "--cycle", CYCLE, "--student", LISA, "--class", ALGEBRA, *proof) == {
        "cycle": CYCLE, "student": LISA, "class": ALGEBRA, "way": "added", "by": "afry",
    }  # fmt: skip
    (row,) = invoke(school, "list", "--cycle", CYCLE)
    assert (row["way"], row["reason"], row["words"]) == ("added", "in-words", "Two essays are late.")

    (made,) = school.prepare(school.extract)
    assert (made.made, made.held, made.unreported) == (1, 0, (("nothing-below", 2),))
    (manifest,) = prepared_of(school.open(), CYCLE)
    assert {one.student for one in manifest.unreported} == {school.ref(FANNIE), school.ref(KYLE)}
    write_proof(school.open(), CYCLE, tmp_path / "proof")
    assert "Two essays are late." in (tmp_path / "proof" / "warnings.csv").read_text(encoding="utf-8-sig")

    school.later(timedelta(minutes=1))
    school.release()
    assert {entry.student for entry in school.entries("delivered", "sent")} == {school.ref(LISA)}
