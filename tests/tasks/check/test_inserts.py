"""Documents that go along with reports: where they lie, what is wrong with one, and whom that holds."""

import json
import shutil
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import pikepdf
import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.insert_rules import MOST_PAGES
from termpost.tasks.documents.verify.insert_flaws import insert_flaw
from termpost.tasks.extract.land import fingerprint
from termpost.tasks.extract.source import open_source

from tests.command import Command
from tests.school import LISA, small_extract
from tests.tasks.channels.print.documents import document, with_form


def changed(pdf: bytes, **root: object) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as made:
        for key, value in root.items():
            made.Root[f"/{key}"] = value
        out = BytesIO()
        made.save(out)
    return out.getvalue()


def with_script(pdf: bytes) -> bytes:
    return changed(pdf, OpenAction=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))


def with_file(pdf: bytes) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as made:
        made.attachments["grades.csv"] = b"a,b"
        out = BytesIO()
        made.save(out)
    return out.getvalue()


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


LOCK = pikepdf.Encryption(user="", owner="o", R=6)
LOCKED = pikepdf.Encryption(user="u", owner="o", R=6)
PLAIN = document("Goals")
FLAWS = {
    "plain": (PLAIN, ""),
    "empty": (b"", "insert-no-pdf"),
    "a page of HTML": (b"<html>", "insert-no-pdf"),
    "cut off": (PLAIN[:200], "insert-no-pdf"),
    "locked for its owner": (document("Goals", encryption=LOCK), "insert-encrypted"),
    "locked": (document("Goals", encryption=LOCKED), "insert-encrypted"),
    "a script": (with_script(PLAIN), "insert-acts"),
    "a form": (with_form(PLAIN), "insert-acts"),
    "a file": (with_file(PLAIN), "insert-acts"),
    "long": (document(*["page"] * (MOST_PAGES + 1)), "insert-too-large"),
}


def test_what_does_more_than_be_read_is_named() -> None:
    assert {name: insert_flaw(pdf) for name, (pdf, _) in FLAWS.items()} == {n: flaw for n, (_, flaw) in FLAWS.items()}


def test_what_is_larger_than_goes_into_an_envelope_is_not_even_opened() -> None:
    with patch("termpost.tasks.documents.verify.insert_flaws.LARGEST", len(PLAIN) - 1):
        assert insert_flaw(PLAIN) == "insert-too-large"


@pytest.mark.parametrize("name", [
    "supplement/inserts/1.PDF", "Supplement/Inserts/1.pdf", "supplement/insert/1.pdf", "supplement/1.pdf",
    "inserts/1.pdf", "supplement/inserts/1.docx", "supplement/inserts/class/1.pdf",
])  # fmt: skip
def test_a_document_where_none_is_read_is_not_overlooked(name: str, tmp_path: Path) -> None:
    extract = small_extract(tmp_path / "e")
    (extract.folder / name).parent.mkdir(parents=True, exist_ok=True)
    (extract.folder / name).write_bytes(PLAIN)
    with pytest.raises(InputError) as refused:
        open_source(str(extract.folder))
    assert refused.value.code == "misplaced-insert"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    extract = small_extract(tmp_path / "e")
    (folder := extract.folder / "supplement" / "inserts").mkdir()
    (folder / f"{LISA}.pdf").symlink_to("/etc/hostname")
    with pytest.raises(InputError) as refused:
        open_source(str(extract.folder))
    assert refused.value.code == "not-a-file"


def test_a_folder_and_its_zip_are_one_extract_and_another_document_makes_another(tmp_path: Path) -> None:
    extract = small_extract(tmp_path / "e")
    (folder := extract.folder / "supplement" / "inserts").mkdir()
    (folder / f"{LISA}.pdf").write_bytes(PLAIN)
    (folder / "README.txt").write_text("for people")
    shutil.make_archive(str(tmp_path / "e"), "zip", extract.folder)
    here, packed = open_source(str(extract.folder)), open_source(str(tmp_path / "e.zip"))
    assert [file.name for file in here.inserts] == [f"supplement/inserts/{LISA}.pdf"]
    before = fingerprint(here).id
    assert before == fingerprint(packed).id
    (folder / f"{LISA}.pdf").write_bytes(document("Other goals"))
    assert fingerprint(open_source(str(extract.folder))).id != before


def test_each_is_accepted_or_quarantined_and_no_id_is_in_a_problem(tmp_path: Path, command: Command) -> None:
    """Laws 1 and 2. An id that is a student's but for a blank holds that one; one that is nobody's holds nobody."""
    extract = small_extract(tmp_path / "e")
    (folder := extract.folder / "supplement" / "inserts").mkdir()
    for student in (LISA, f"{LISA} ", "999999"):
        (folder / f"{student}.pdf").write_bytes(PLAIN)
    said = json.loads(command("check", extract.folder, "--as-of", "2021-12-17", "--json").out)
    mine = [file for file in said["files"] if file["name"] == "supplement/inserts/"]
    assert mine == [{"name": "supplement/inserts/", "rows": 3, "accepted": 1, "quarantined": 2}]
    found = [one for one in said["problems"] if one["file"] == "supplement/inserts/"]
    assert [(one["rule"], one["row"], one["key"]) for one in found] == [
        ("insert-no-student", 2, None), ("insert-no-student", 3, None),
    ]  # fmt: skip
    assert (said["outcome"], said["held_students"]) == ("accepted_with_holds", [LISA])
