"""`print` as a user types it, with documents that join the envelopes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from termpost.tasks.documents.pdf_text import read_pages

from tests.command import Command, Said
from tests.pack_manifests import rows
from tests.school import CYCLE, FANNIE, KYLE, LISA, Prepared
from tests.snapshots import copy_of, released_school, snapshot
from tests.tasks.channels.print.documents import document

Print = Callable[..., Said]


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return copy_of(snapshot(tmp_path_factory, "released", released_school), tmp_path_factory.mktemp("print"))


@pytest.fixture
def termpost(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], school: Prepared) -> Print:
    command = Command(monkeypatch, capsys)

    def run(*arguments: object) -> Said:
        with school.phone.is_the_time():
            return command("print", *arguments, "--home", school.home, "--as-of", "2021-12-17")

    return run


def test_a_whole_print_from_packs_to_what_became_of_them(school: Prepared, termpost: Print, tmp_path: Path) -> None:
    out = tmp_path / "packs"
    said = termpost("--cycle", CYCLE, "--out", out, "--sort", "class", "--json")
    value = json.loads(said.out)
    assert (said.code, value["left_out"]) == (0, [])
    assert [(p["pack"], p["file"], p["envelopes"]) for p in value["packs"]] == [("01", "pack-01.pdf", 3)]
    assert "10 sheets" not in said.out

    trip, own = tmp_path / "trip.pdf", tmp_path / "plan.pdf"
    trip.write_bytes(document("The trip to the harbour", "What to bring"))
    own.write_bytes(document(f"A plan for {FANNIE}"))
    proof = ("--by", "mlopez", "--otp", school.phone.code())
    enclosed = ("--enclose", f"all={trip}", "--enclose", f"{FANNIE}={own}")
    done = termpost("--cycle", CYCLE, "--out", tmp_path / "more", *enclosed, *proof)
    assert done.code == 0
    listed = rows(tmp_path / "more")
    assert {mark: (row["students"], row["enclosed"]) for mark, row in listed.items()} == {
        "02-0004": ("Kyle Hughes", "trip.pdf"), "02-0005": ("Fannie Medina; Lisa Sybil Woods", "trip.pdf; plan.pdf"),
        "02-0006": ("Lisa Sybil Woods", "trip.pdf"),
    }  # fmt: skip
    pages = read_pages((tmp_path / "more" / "pack-02.pdf").read_bytes(), 24)
    texts = [page.text for page in pages]
    assert sum("The trip to the harbour" in text for text in texts) == 3
    (place,) = (n for n, text in enumerate(texts) if f"A plan for {FANNIE}" in text)
    assert place % 2 == 0  # a sheet of its own
    assert f" of {listed['02-0005']['pages']}" in pages[place].foot
    released = [e for e in school.entries("released") if e.reason == "enclosure"]
    assert [(e.actor, e.student) for e in released] == [("mlopez", None), ("mlopez", school.ref(FANNIE))]
    assert all(e.digest and e.object for e in released)

    again = tmp_path / "again"
    assert termpost("--cycle", CYCLE, "--out", again).code == 0  # what was released stays enclosed
    assert {p.name: p.read_bytes() for p in again.iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "more").iterdir()
    }  # fmt: skip

    noted = termpost("posted", "--cycle", CYCLE, "--pack", "02", "--json")
    assert json.loads(noted.out)["noted"] == ["02-0004", "02-0005", "02-0006"]
    assert "0 envelopes noted as posted, 3 were already" in termpost("posted", "--cycle", CYCLE, "--pack", "02").out
    assert "1 envelope noted as returned" in termpost("returned", "--cycle", CYCLE, "--mark", "02-0004").out
    left = termpost("--cycle", CYCLE, "--out", tmp_path / "none")
    assert left.code == 0
    assert "left out: 02-0005, 02-0006: it was posted" in left.err


def _text(tmp_path: Path, *pages: str) -> Path:
    path = tmp_path / "given.pdf"
    path.write_bytes(document(*pages))
    return path


def test_a_document_that_names_another_student_reaches_nobody(
    school: Prepared, termpost: Print, tmp_path: Path
) -> None:
    path, before = _text(tmp_path, f"About {LISA}"), len(school.entries())
    for whose in ("all", FANNIE, KYLE):
        proof = ("--by", "mlopez", "--otp", school.phone.code())
        said = termpost("--cycle", CYCLE, "--out", tmp_path / "out", "--enclose", f"{whose}={path}", *proof)
        assert (said.code, LISA in said.err) == (1, False)
    assert not (tmp_path / "out").exists()
    assert {e.kind for e in school.entries()[before:]} <= {"refused"}


def test_nothing_is_enclosed_without_the_proof_of_a_person(school: Prepared, termpost: Print, tmp_path: Path) -> None:
    path, before = _text(tmp_path, "Welcome"), len(school.entries("released"))
    given = ("--cycle", CYCLE, "--out", tmp_path / "out", "--enclose", f"all={path}")
    assert termpost(*given).code == 2
    assert termpost(*given, "--by", "mlopez", "--otp", "000000").code == 1
    assert len(school.entries("released")) == before
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("arguments", "code", "complaint"), [
    (["--cycle", CYCLE], 2, "Give --cycle ID and --out DIR"),
    (["--cycle", CYCLE, "--out", "OUT", "--range", "01-0002"], 1, "this names no envelopes (--range)"),
    (["--cycle", CYCLE, "--out", "OUT", "--pack", "77"], 1, "no envelope of this cycle has such a mark"),
    (["--cycle", CYCLE, "--out", "OUT", "--school", "nowhere"], 1, "nothing was prepared of this school"),
    (["--cycle", "2021-fall-finale", "--out", "OUT"], 1, "there is no such cycle"),
    (["--cycle", CYCLE, "--out", "OUT", "--by", "x", "--otp", "1", "--enclose", "all=OUT.pdf"], 1, "cannot be read"),
    (["--cycle", CYCLE, "--out", "OUT", "--by", "x", "--otp", "1", "--enclose", "FILE"], 2, "STUDENT=FILE"),
    (["posted", "--cycle", CYCLE], 2, "Say which"),
    (["posted", "--cycle", CYCLE, "--mark", "01"], 1, "this names no envelopes (--mark)"),
])  # fmt: skip
def test_what_is_typed_wrong_gets_one_clear_line(
    termpost: Print, tmp_path: Path, arguments: list[str], code: int, complaint: str
) -> None:
    said = termpost(*(word.replace("OUT", str(tmp_path / "out")) for word in arguments))
    assert said.code == code
    assert complaint in said.err
    assert "Traceback" not in said.err


def test_every_subcommand_shows_an_example(termpost: Print) -> None:
    for name in ((), ("posted",), ("handed-over",), ("returned",)):
        assert "Example: termpost print" in termpost(*name, "--help").out
