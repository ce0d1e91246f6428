"""Every file of an extract is read, named as skipped, or refused: none is overlooked in silence."""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.findings import as_json
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.extract.from_bytes import in_memory
from termpost.tasks.extract.inventory import ExtractFiles, take_stock
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.landed import landed_skipped
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.oneroster.required import REQUIRED
from termpost.tasks.formats.registry import FORMATS, known_names, load_contracts
from termpost.tasks.formats.source_file import from_bytes
from termpost.tasks.store.file.store import FileStore

from tests.tagged import TAGS

CASES = Path(__file__).parents[2] / "data" / "cases" / "extracts"
STUDENTS = "supplement/students.csv"
CANVAS = b"Student,ID,SIS User ID,SIS Login ID,Section,Quiz (1)\n    Points Possible,,,,,10\n"


def stock(*names: str, data: bytes = b"a\n1\n", bundle: bool = True, **more: bytes) -> ExtractFiles:
    """A bundle of OneRoster with files beside it."""
    files = dict.fromkeys(REQUIRED, b"sourcedId\n") if bundle else {}
    files |= dict.fromkeys(names, data) | {name.replace("__", "/"): content for name, content in more.items()}
    return take_stock([from_bytes(name, content) for name, content in files.items()], "extract", packed=False)


def refused(*names: str, **how: object) -> InputError:
    with pytest.raises(InputError) as caught:
        stock(*names, **how)  # type: ignore[arg-type] # as stock takes them
    assert "\n" not in str(caught.value)
    return caught.value


def skipped(files: ExtractFiles) -> dict[str, str]:
    return {file.name: file.why for file in files.skipped}


def test_case_01_a_restriction_in_capitals_refuses_the_extract() -> None:
    with pytest.raises(InputError) as caught:
        open_source(str(CASES / "01-students-csv-in-capitals" / "input"))
    assert caught.value.code == "misspelt-file"
    assert "supplement/students.CSV must be spelt supplement/students.csv" in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "supplement/students.CSV", "supplement/Students.csv", "supplement/STUDENTS.CSV", "Supplement/students.csv",
        "SUPPLEMENT/students.csv", "supplements/students.csv", "supplement/2021/students.csv", "students.csv",
        "supplement/students (1).csv", "supplement/students(1).csv", "supplement/students - Copy.csv",
        "supplement/students - Copy (2).csv", "supplement/Copy of students.csv", "supplement/students copy.csv",
        "supplement/students - Kopie.csv", "supplement/Kopie von students.csv", "supplement/students 2.csv",
        "supplement/students_2021-09-01.csv", "supplement/20210901_students.csv", "supplement/students_old.csv",
        "supplement/students_final.csv", "supplement/students.csv.csv", "supplement/students.csv.txt",
        "supplement/students.txt", "supplement/students.tsv", "supplement/students", "supplement/students .csv",
        "supplement/students.csv ", "supplement/ students.csv", "supplement/student.csv", "supplement/studnets.csv",
        "supplement/studentss.csv", "supplement/stundents.csv", "supplement/students.csv.bak",
        "supplement/students.csv~", "supplement/studentsFinal.csv", "supplement/newStudents.csv",
        "supplement/students.json",
        "supplement/students.xml", "supplement/north_students.csv", "supplement/student list.docx",
        "STUDEN~1/students.CSV",
        "supplement/students.csv.old", "supplement/students.csv.filepart", "supplement/students.csv.part",
        "old/students.csv", "export/supplement/students.csv", "supplement/students.CSV.TXT",
        "supplement/\uff53tudents.csv", "supplement/students.csv.crdownload",
    ],
)  # fmt: skip
def test_what_is_nearly_a_file_of_restrictions_refuses_the_extract(name: str) -> None:
    error = refused(name)
    assert error.code == "misspelt-file"
    assert name in error.where
    assert STUDENTS in error.remedy


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("USERS.CSV", "users.csv"), ("user.csv", "users.csv"), ("enrolments.csv", "enrollments.csv"),
        ("line_items.csv", "lineItems.csv"), ("line items.csv", "lineItems.csv"), ("Result.csv", "results.csv"),
        ("contact.csv", "supplement/contacts.csv"), ("contacts.csv", "supplement/contacts.csv"),
        ("supplement/users.csv", "users.csv"), ("old/users.csv", "users.csv"), ("users (1).csv", "users.csv"),
        ("role.csv", "roles.csv"),
        ("category.csv", "categories.csv"), ("demographic.csv", "demographics.csv"), ("manifest.CSV", "manifest.csv"),
        ("supplement/duedates.csv", "supplement/dueDates.csv"), ("supplement/due_dates.csv", "supplement/dueDates.csv"),
        ("attendance.csv", "supplement/attendance.csv"), ("supplement/attendance.CSV", "supplement/attendance.csv"),
    ],
)  # fmt: skip
def test_any_known_name_in_another_case_place_or_spelling(name: str, right: str) -> None:
    error = refused(name)
    assert error.code == "misspelt-file" or (error.code == "same-name" and right in error.where)
    assert right in str(error)


def test_the_right_file_beside_it_is_no_excuse_and_the_message_says_so() -> None:
    error = refused("supplement/students (1).csv", STUDENTS)
    assert "supplement/students.csv is there too" in error.remedy


def test_all_of_a_bundle_in_capitals_is_one_line_that_says_so() -> None:
    error = refused(*(name.replace(".csv", ".CSV") for name in REQUIRED), bundle=False)
    assert error.code == "misspelt-file"
    assert "academicSessions.CSV must be spelt academicSessions.csv" in error.remedy
    assert "3 more" in error.where


@pytest.mark.parametrize(
    "name",
    ["weights.csv", "teachers.csv", "old/notes.csv", "supplement/weights.csv", "users.pdf", "photo.jpg", "x/y/z.json"],
)
def test_what_no_contract_knows_is_named(name: str) -> None:
    assert skipped(stock(name)) == {name: "unknown"}


@pytest.mark.parametrize("data", [b"\xff\xfe\0", b"caf\xe9\n", b"\0\0", b"a\n"])
def test_what_no_contract_knows_is_named_whatever_is_in_it(data: bytes) -> None:
    files = stock("weights.csv", data=data)
    assert skipped(files) == {"weights.csv": "unknown"}
    assert {file.name for file in files} == set(REQUIRED)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("._users.csv", "._users.csv"), (".DS_Store", ".DS_Store"), ("Thumbs.db", "Thumbs.db"),
        ("supplement/thumbs.DB", "supplement/thumbs.DB"), ("desktop.ini", "desktop.ini"), ("Icon\r", "Icon\\r"),
        ("__MACOSX/._users.csv", "__MACOSX/"), ("__MACOSX/supplement/._students.csv", "__MACOSX/"),
        ("~$users.xlsx", "~$users.xlsx"), (".~lock.users.csv#", ".~lock.users.csv#"), ("@eaDir/users.csv", "@eaDir/"),
        (".git/config", ".git/"), ("supplement/._students.csv", "supplement/._students.csv"),
        ("$RECYCLE.BIN/a", "$RECYCLE.BIN/"),
    ],
)  # fmt: skip
def test_what_a_system_left_is_named_and_skipped(name: str, shown: str) -> None:
    assert skipped(stock(name, data=b"\0\x05\x16\x07")) == {shown: "system-file"}


@pytest.mark.parametrize("name", ["README.md", "readme.csv", "Read Me.txt", "LIESMICH.txt", "lisez-moi.txt", "LICENSE"])
def test_a_readme_is_skipped_in_any_encoding(name: str) -> None:
    assert skipped(stock(name, data="à lire, café".encode("latin-1"))) == {name: "readme"}


@pytest.mark.parametrize("name", ["done.csv", "_SUCCESS", "export.done", "upload.ok", "x.csv", "supplement/.keep2"])
def test_an_empty_marker_is_skipped(name: str) -> None:
    assert set(skipped(stock(name, data=b"")).values()) <= {"marker", "system-file"}


def test_a_marker_may_say_when_it_was_set_and_a_checksum_is_not_compared() -> None:
    assert skipped(stock("_SUCCESS", data=b"2021-12-17\n")) == {"_SUCCESS": "marker"}
    sums = ["users.csv.md5", "SHA256SUMS", "supplement/students.csv.sha256"]
    assert skipped(stock(*sums)) == dict.fromkeys(sums, "checksum")


def test_a_known_file_without_a_byte_is_no_marker() -> None:
    assert STUDENTS in {file.name for file in stock(STUDENTS, data=b"")}


@pytest.mark.parametrize("name", ["a\nb.csv", "supplement/students\u00a0.csv", "supplement/students\u200b.csv"])
def test_a_name_with_a_line_break_or_an_invisible_character_is_refused(name: str) -> None:
    error = refused(name)
    assert error.code == "unprintable-name"
    assert str(error).isprintable()


@pytest.mark.parametrize(("one", "other"), [("ALG.csv", "alg.csv"), ("é.csv", "e\u0301.csv"), ("ALG.csv", "ALG.CSV")])
def test_two_files_that_become_one_name_are_refused(one: str, other: str) -> None:
    error = refused(one, other, data=CANVAS, bundle=False)
    assert error.code == "same-name"
    assert one in error.where


def test_a_gradebook_in_capitals_is_read_and_one_in_a_folder_refused() -> None:
    assert [file.name for file in stock("ALG-1.CSV", "BIO.csv", data=CANVAS, bundle=False)] == ["ALG-1.csv", "BIO.csv"]
    error = refused("ALG-1.csv", "Period 2/BIO.csv", data=CANVAS, bundle=False)
    assert (error.code, error.where) == ("misplaced-file", "Period 2/BIO.csv")
    assert refused("ALG-1.csv", "BIO.txt", data=CANVAS, bundle=False).code == "misplaced-file"


def test_a_gradebook_may_be_called_like_a_file_of_oneroster() -> None:
    names = ["Course.csv", "Results.csv", "students.csv"]
    assert [file.name for file in stock(*names, data=CANVAS, bundle=False)] == names


def test_a_gradebook_beside_files_of_another_system_is_refused_by_name() -> None:
    users = b"SourceSystemIdentifier,SourceSystem\n"
    error = refused("ALG-1.csv", data=CANVAS, bundle=False, **{"users__2021-07-01-00-00-00.csv": users})
    assert error.code == "mixed-formats"
    assert "ALG-1.csv" in error.where


def test_a_gradebook_beside_a_roster_is_read_with_it() -> None:
    files = stock("ALG-1.csv", data=CANVAS)
    assert {"ALG-1.csv", "users.csv"} <= {file.name for file in files}
    assert skipped(files) == {}


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("Users/2021-07-01-00-00-00.csv", "users/2021-07-01-00-00-00.csv"),
        ("section/2021-07-01-00-00-00.csv", "sections/2021-07-01-00-00-00.csv"),
        ("section=1/Assignments/2021-07-01-00-00-00.csv", "section=1/assignments/2021-07-01-00-00-00.csv"),
        ("section=1/grades/2021-07-01-00-00-00.CSV", "section=1/grades/2021-07-01-00-00-00.csv"),
    ],
)
def test_a_folder_of_the_toolkit_that_is_nearly_right(name: str, right: str) -> None:
    error = refused("users/2021-07-01-00-00-00.csv".replace("users", "sections"), name, bundle=False)
    assert error.code in {"misspelt-file", "same-name"}
    assert right in str(error) or error.code == "same-name"


def test_a_bundle_in_a_folder_of_the_folder_names_it() -> None:
    error = refused(*(f"fall/{name}" for name in REQUIRED), bundle=False)
    assert error.code == "nested-folder"
    assert "fall/" in str(error)


def test_a_linked_folder_is_not_passed_over(tmp_path: Path) -> None:
    shutil.copytree(CASES / "22-codepage-1252" / "input", tmp_path / "extract")
    (tmp_path / "extract" / "supplement").rename(tmp_path / "elsewhere")
    (tmp_path / "extract" / "supplement").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError) as caught:
        open_source(str(tmp_path / "extract"))
    assert caught.value.code == "linked-folder"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("14-appledouble-file/input", {"._users.csv": "system-file"}),
        ("14-appledouble-file/input-empty-marker", {"done.csv": "marker"}),
        ("14-appledouble-file/macosx.zip", {"__MACOSX/": "system-file"}),
    ],
)
def test_case_14_what_a_mac_or_a_job_left_is_named(source: str, expected: dict[str, str]) -> None:
    files = open_source(str(CASES / source))
    assert skipped(files) == expected
    assert len(files) == 12


def test_a_folder_and_its_zip_skip_the_same(tmp_path: Path) -> None:
    folder = CASES / "14-appledouble-file" / "input"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    here, packed = open_source(str(folder)), open_source(str(tmp_path / "a.zip"))
    assert (names(here), here.skipped) == (names(packed), packed.skipped)


def test_the_record_of_an_extract_keeps_what_was_skipped_and_the_check_lists_it(tmp_path: Path) -> None:
    folder, store = tmp_path / "extract", FileStore(tmp_path / "vault")
    shutil.copytree(CASES / "14-appledouble-file" / "input", folder)
    (folder / "notes.txt").write_text("x")
    (folder / "userProfiles.csv").write_text("sourcedId\n")
    files = open_source(str(folder))
    extract = land(store, TAGS, files, fingerprint(files), (), skipped=files.skipped)
    assert landed_skipped(store, TAGS, extract.uri) == files.skipped
    assert {file.name: file.why for file in files.skipped} == {"._users.csv": "system-file", "notes.txt": "unknown"}
    assert not any("notes" in key or "._" in key for key in store.list(""))
    with duckdb.connect() as con, in_memory(con, files) as sources:
        findings = hold_against_contracts(con, sources, "x", CheckParameters(), extract.form, files.skipped)
    expected = {"._users.csv": "system-file", "notes.txt": "unknown", "userProfiles.csv": "not-used"}
    assert as_json(findings)["skipped"] == [{"name": name, "why": why} for name, why in expected.items()]
    assert [(p.rule, p.severity, p.file) for p in findings.problems] == [("unknown-file", "warning", "notes.txt")]


def test_a_file_that_is_skipped_makes_no_copy_anew_where_none_was_noted(tmp_path: Path) -> None:
    store, files = FileStore(tmp_path / "vault"), open_source(str(CASES / "14-appledouble-file" / "input-empty-marker"))
    assert files.skipped
    first = land(store, TAGS, files, fingerprint(files), ())
    assert landed_skipped(store, TAGS, first.uri) == ()
    land(store, TAGS, files, fingerprint(files), (), skipped=files.skipped)
    assert landed_skipped(store, TAGS, first.uri) == files.skipped


def names(files: Iterable[object]) -> list[str]:
    return [file.name for file in files]  # type: ignore[attr-defined] # SourceFile


def test_the_known_names_are_those_of_the_contracts() -> None:
    """A second opinion: the contracts say what their files are called."""
    files = {c.file for one in FORMATS for c in load_contracts(one.form) if not c.derived and not c.is_pattern}
    assert files == known_names()
