"""What people hand in besides a folder of CSV files: workbooks, tars, gzip, zips of Windows, other systems' exports."""

import csv
import gzip
import io
import random
import tarfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.containers.workbook import sheets_of
from termpost.tasks.extract.land import fingerprint
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.source_file import from_bytes

from tests.tasks.extract.xlsx import Cell, xlsx

CASES = Path(__file__).parents[2] / "data" / "cases" / "extracts"
BUNDLE = CASES / "22-codepage-1252" / "input"  # of which users.csv is not UTF-8
GOOD = CASES / "14-appledouble-file" / "input-empty-marker"
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (1)\n    Points Possible,,,,,10\n"


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        fingerprint(open_source(str(path)))
    error = caught.value
    assert str(error).isprintable()
    assert error.remedy
    assert error.__suppress_context__ or error.__context__ is None
    return error


def id_of(path: Path) -> str:
    return fingerprint(open_source(str(path))).id


def members() -> dict[str, bytes]:
    return {p.relative_to(GOOD).as_posix(): p.read_bytes() for p in sorted(GOOD.rglob("*.csv")) if p.stat().st_size}


def tarred(path: Path, mode: str = "w:gz", **more: tarfile.TarInfo) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload] # a mode is a literal to mypy
        for name, data in members().items():
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in more.values():
            archive.addfile(info)
    return path


@pytest.mark.parametrize(
    ("name", "mode"), [("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar", "w"), ("a.tar.xz", "w:xz")]
)
def test_a_tar_is_the_extract_that_its_folder_is(name: str, mode: str, tmp_path: Path) -> None:
    assert id_of(tarred(tmp_path / name, mode)) == id_of(GOOD)


def _info(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.mark.parametrize(
    "info",
    [_info("../x.csv"), _info("/etc/x.csv"), _info("a/../../x.csv"), _info("x.csv", tarfile.SYMTYPE, "/etc/passwd"),
     _info("x.csv", tarfile.LNKTYPE, "users.csv"), _info("x.csv", tarfile.CHRTYPE), _info("C:\\x.csv")],
    ids=lambda info: f"{info.name}-{info.type!r}",
)  # fmt: skip
def test_a_tar_that_names_something_outside_itself(info: tarfile.TarInfo, tmp_path: Path) -> None:
    assert refused(tarred(tmp_path / "a.tar.gz", more=info)).code == "unsafe-tar"


def test_a_tar_that_is_a_bomb_or_damaged(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("demographics.csv")
        info.size = 64 * 2**20
        archive.addfile(info, io.BytesIO(b"0" * info.size))
    assert refused(tmp_path / "a.tar.gz").code == "tar-bomb"
    data = tarred(tmp_path / "b.tar.gz").read_bytes()
    for cut in (0, 1, 100, len(data) // 2, len(data) - 20, len(data) - 1):
        (tmp_path / "b.tar.gz").write_bytes(data[:cut])
        assert refused(tmp_path / "b.tar.gz").code == "unreadable-tar"


def test_a_tar_that_was_cut_between_two_files_is_not_taken_for_whole(tmp_path: Path) -> None:
    data = tarred(tmp_path / "a.tar", "w").read_bytes()
    with tarfile.open(tmp_path / "a.tar") as archive:
        last = archive.getmembers()[-1].offset
    for cut in (last, last + 100, last + 512):
        (tmp_path / "a.tar").write_bytes(data[:cut])
        assert refused(tmp_path / "a.tar").code == "unreadable-tar"


def gzipped(folder: Path, packed: Sequence[str]) -> Path:
    for name, data in members().items():
        path = folder / (f"{name}.gz" if name in packed else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data) if name in packed else data)
    return folder


def test_files_packed_by_themselves_are_the_files(tmp_path: Path) -> None:
    assert id_of(gzipped(tmp_path / "some", ["users.csv", "supplement/contacts.csv"])) == id_of(GOOD)
    assert id_of(gzipped(tmp_path / "all", list(members()))) == id_of(GOOD)
    (tmp_path / "some" / "users.csv").write_bytes(members()["users.csv"])
    assert refused(tmp_path / "some").code == "same-name"


def test_one_file_packed_by_itself(tmp_path: Path) -> None:
    (tmp_path / "ALG-1.csv.gz").write_bytes(gzip.compress(CANVAS.encode()))
    (file,) = open_source(str(tmp_path / "ALG-1.csv.gz"))
    assert file.name == "ALG-1.csv"
    (tmp_path / "ALG-1.csv.gz").write_bytes(gzip.compress(CANVAS.encode())[:-9])
    assert refused(tmp_path / "ALG-1.csv.gz").code == "unreadable-gzip"


def test_a_gzip_bomb(tmp_path: Path) -> None:
    folder = gzipped(tmp_path / "a", ["users.csv"])
    (folder / "users.csv.gz").write_bytes(gzip.compress(b"0" * 2**25, 9))
    assert refused(folder).code == "file-bomb"


def test_case_18_backslashes_are_slashes() -> None:
    assert id_of(CASES / "18-zips-of-windows" / "backslashes.zip") == id_of(GOOD)


def test_case_18_deflate64_is_called_by_its_name() -> None:
    error = refused(CASES / "18-zips-of-windows" / "deflate64.zip")
    assert error.code == "deflate64"
    assert "Deflate64" in error.what
    assert ".tar.gz" in error.remedy


def test_two_spellings_of_one_name_in_a_zip_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("supplement/students.csv", "supplement\\students.csv"):
            archive.writestr(name, "a\n")
    assert refused(tmp_path / "a.zip").code == "unsafe-zip"


OTHER_KINDS = [
    ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4", "7z"), ("a.rar", b"Rar!\x1a\x07\1\0", "RAR"),
    ("a.zip", b"Rar!\x1a\x07\1\0", "RAR"),
    ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel 97"), ("a.xlsb", b"PK\x03\x04", ".xlsb"),
    ("a.ods", b"PK\x03\x04", "OpenDocument"), ("a.numbers", b"PK\x03\x04", "Numbers"), ("a.csv", b"%PDF-1.7\n", "PDF"),
    ("a.csv", b"<!DOCTYPE html><title>Log in</title>", "web page"), ("a.zip", b"<html>", "web page"),
    ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel 97"), ("a.csv", b"PK\x03\x04", "zip"),
    ("a.csv", b"\x1f\x8b\x08", "gzip"),
    ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"), ("a.mdb", b"\0\1\0\0Standard Jet DB", "Access"),
    ("a.csv.gpg", b"\x85\x01", "encrypted"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "said"), OTHER_KINDS, ids=[f"{n}-{s}" for n, _, s in OTHER_KINDS])
def test_what_is_not_read_is_called_by_its_name(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert said in refused(tmp_path / name).what


@pytest.mark.parametrize(
    "name", ["old.zip", "a.7z", "users.xls", "photo.ods", "supplement/x.rar", "a.tar.gz", "a.xlsb"]
)
def test_a_packed_file_or_a_spreadsheet_in_a_folder_is_not_passed_over(name: str, tmp_path: Path) -> None:
    folder = gzipped(tmp_path / "a", [])
    (folder / name).write_bytes(b"x")
    error = refused(folder)
    assert error.code == "unread-kind"
    assert name in error.where


def test_a_text_file_whose_name_does_not_say_csv(tmp_path: Path) -> None:
    (tmp_path / "gradebook.txt").write_text(CANVAS)
    assert "end in .csv" in refused(tmp_path / "gradebook.txt").remedy


@pytest.mark.parametrize(
    ("folder", "name"),
    [("clever", "Clever"), ("google-classroom", "Google Classroom"), ("schoology", "Schoology")],
)
def test_case_19_an_export_of_another_system_is_called_by_its_name(folder: str, name: str) -> None:
    error = refused(CASES / "19-formats-nobody-named" / folder)
    assert error.code == "other-export"
    assert f"looks like an export of {name}" in error.what
    assert "OneRoster" in error.remedy


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('"First name",Surname,"ID number",Institution,Department,"Email address","Course total"', "Moodle"),
        ('First name,Last name,Email address,Quiz: One (Percentage),"Last downloaded from this course"', "Moodle"),
        ("Last Name,First Name,Email Address,Essay", "Google Classroom"),
        ("Vorname,Nachname,ID-Nummer,E-Mail-Adresse,Test: Zellen (Punkte)", "Moodle grades in another language"),
        ("OrgDefinedId,Username,Quiz Grade Scheme,End-of-Line Indicator", "Brightspace"),
        ("OrgDefinedId,Nom,Note en points <Numérique PointsMax:10>,Fin de ligne", "Brightspace"),
        ('"Nachname","Vorname","Benutzername","PF 25 [Gesamtpunkte: 2 Punkte] |574283"', "Blackboard"),
        ('"Last Name"\t"First Name"\t"Username"\t"Last Access"\t"Availability"', "Blackboard"),
        ('"Student ID","Name","Essay [10]"', "Sakai"),
        ("Student_Number;LastFirst;Home_Room", "PowerSchool"),
        ("student.personID,student.stateID,student.lastName", "Infinite Campus"),
        ("School_id,School_name,School_number", "Clever"),
    ],
)  # fmt: skip
def test_the_headers_of_other_systems(header: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(f"{header}\nx\n")
    assert name in refused(tmp_path / "export.csv").what
    assert name in refused(tmp_path).what
    (tmp_path / "export.csv").write_text(f"{header}\nx\n", encoding="utf-16")
    assert name in refused(tmp_path).what


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "Name,Grade\nx,y\n", "", "x"])
def test_what_is_none_of_the_formats_is_one_line_that_says_which_are_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "marks.csv").write_text(text)
    for path in (tmp_path, tmp_path / "marks.csv"):
        error = refused(path)
        assert error.code in {"unknown-format", "no-csv"}
    (tmp_path / "more.csv").write_text("a\n1\n")
    assert "OneRoster 1.1 and 1.2 CSV, Ed-Fi LMS Toolkit, gradebooks of Canvas, Moodle" in refused(tmp_path).what


def sheet(name: str) -> list[list[str | Cell]]:
    return [list[str | Cell](row) for row in csv.reader(io.StringIO(members()[name].decode("utf-8-sig"), newline=""))]


def book(*names: str) -> bytes:
    return xlsx({name.removesuffix(".csv").removeprefix("supplement/"): sheet(name) for name in names})


def cells(path: Path, name: str) -> bytes:
    return next(file for file in open_source(str(path)) if file.name == name).open().__enter__().read()


def test_a_workbook_with_a_sheet_a_file_is_the_bundle(tmp_path: Path) -> None:
    (tmp_path / "gradebook.xlsx").write_bytes(book(*members()))
    files = open_source(str(tmp_path / "gradebook.xlsx"))
    assert [file.name for file in files] == sorted(members())
    for name in members():
        assert cells(tmp_path / "gradebook.xlsx", name).decode().split() == members()[name].decode("utf-8-sig").split()


def test_a_workbook_a_file_and_one_among_csv_files(tmp_path: Path) -> None:
    folder = gzipped(tmp_path / "a", [])
    for name in ("users.csv", "supplement/contacts.csv"):
        (folder / name).unlink()
        (folder / name).with_suffix(".xlsx").write_bytes(xlsx({"Sheet1": sheet(name), "Sheet2": []}))
    files = open_source(str(folder))
    assert [file.name for file in files] == sorted(members())
    assert {file.name: file.why for file in files.skipped} == {
        "supplement/contacts.xlsx, sheet Sheet2": "empty-sheet", "users.xlsx, sheet Sheet2": "empty-sheet",
    }  # fmt: skip


def test_a_gradebook_as_a_workbook(tmp_path: Path) -> None:
    rows = [line.split(",") for line in CANVAS.splitlines()]
    (tmp_path / "ALG-1.xlsx").write_bytes(xlsx({"Sheet1": rows}))
    assert [file.name for file in open_source(str(tmp_path / "ALG-1.xlsx"))] == ["ALG-1.csv"]


@pytest.mark.parametrize(("name", "right"), [("Users", "users.csv"), ("student", "supplement/students.csv")])
def test_a_sheet_with_nearly_the_right_name_is_refused(name: str, right: str, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx({"orgs": [["sourcedId"]], name: [["sourcedId"]]}))
    error = refused(tmp_path / "a.xlsx")
    assert (error.code, error.where) == ("misspelt-file", f"a.xlsx, sheet {name}")
    assert right in error.remedy


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell("00123"), "00123"), (Cell(123.0), "123"), (Cell(87.5), "87.5"), (Cell(0.1 + 0.2), "0.3"),
        (Cell(-0.5), "-0.5"),
        (Cell(1e-7), "0.0000001"), (Cell(123456789012345.0), "123456789012345"),
        (Cell(44547.0, style="date"), "2021-12-17"),
        (Cell(44547.5, style="instant"), "2021-12-17T12:00:00"), (Cell(0.875, style="percent"), "87.5%"),
        (Cell(123.0, style="zeros"), "00123"), (Cell(True), "true"), (Cell(" x "), " x "), (Cell("Ånna 😀"), "Ånna 😀"),
        (Cell("0012", formula="A1"), "0012"), (Cell("", formula='""'), ""), (Cell(100.0), "100"), (Cell(0.0), "0"),
    ],
    ids=str,
)  # fmt: skip
def test_a_cell_is_the_text_that_it_shows(cell: Cell, text: str, tmp_path: Path) -> None:
    (tmp_path / "ALG-1.xlsx").write_bytes(xlsx({"Sheet1": [["Student", "ID", "x"], ["a", "1", cell]]}))
    assert cells(tmp_path / "ALG-1.xlsx", "ALG-1.csv").decode() == f"Student,ID,x\r\na,1,{text}\r\n"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (Cell("#N/A", error=True), "error-cell"), (Cell("#REF!", error=True), "error-cell"),
        (Cell(None, formula="A1+1"), "no-value"), (Cell(12345678901234567.0), "rounded-number"),
        (Cell(1.25, style="span"), "unread-cell"),
    ],
    ids=str,
)  # fmt: skip
def test_a_cell_that_would_be_lost_is_refused_with_sheet_and_cell(cell: Cell, code: str, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx({"users": [["a", "b"], ["1", "2"], ["", cell]], "orgs": [["a"]]}))
    error = refused(tmp_path / "a.xlsx")
    assert (error.code, error.where) == (code, "a.xlsx, sheet users, cell B3")


def test_a_blank_row_of_a_sheet_is_no_row(tmp_path: Path) -> None:
    (tmp_path / "ALG-1.xlsx").write_bytes(xlsx({"Sheet1": [["Student", "ID", ""], [], ["a", "1", ""], ["", "", ""]]}))
    assert cells(tmp_path / "ALG-1.xlsx", "ALG-1.csv") == b"Student,ID\r\n\r\na,1\r\n"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 100])
def test_a_workbook_that_is_none(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(data)
    assert refused(tmp_path / "a.xlsx").code == "unreadable-workbook"


def test_a_damaged_workbook_is_read_or_refused_and_nothing_else() -> None:
    chance = random.Random(5)  # noqa: S311 - damage, not a key
    good = xlsx({"users": [["a", "b"], ["1", Cell(44547.0, style="date")]], "orgs": [["a"], ["b"]]})
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(150):
        name = chance.choice(list(parts))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for part, data in parts.items():
                archive.writestr(part, damaged(data, chance) if part == name else data)
        for book in (out.getvalue(), damaged(good, chance)):
            with suppress(InputError):
                sheets_of(from_bytes("a.xlsx", book))


def damaged(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        found[chance.randrange(len(found))] ^= chance.randrange(1, 256)
    return bytes(found)


def test_a_workbook_under_the_name_of_a_zip(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(book("users.csv", "orgs.csv"))
    assert "workbook" in refused(tmp_path / "a.zip").what


def test_case_22_the_place_of_the_first_byte_that_is_not_utf8() -> None:
    error = refused(BUNDLE)
    data = (BUNDLE / "users.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError) as caught:
        data.decode()
    assert f"byte offset {caught.value.start:,}" in error.what
    row = data[: caught.value.start].count(b"\n")
    assert f"(row {row}, column 9," in error.what


@pytest.mark.parametrize("at", [500, 2**20 - 3, 2**20 - 2, 2**20 - 1, 2**20, 3 * 2**20 - 1, 3 * 2**20 + 7])
@pytest.mark.parametrize("bad", [b"\xe9", b"\xe9\x80", b"\xc3", b"\xf0\x9f\x98"])
def test_the_place_is_right_at_every_border_of_a_chunk(at: int, bad: bytes, tmp_path: Path) -> None:
    head = CANVAS.encode() + b'"two\nlines",1,,,,5\n\n' + "é".encode() + b",1,"
    (tmp_path / "ALG-1.csv").write_bytes(head + b"x" * (at - len(head)) + bad + b",y,,\n" + b"a\n" * 9)
    said = refused(tmp_path / "ALG-1.csv").what
    assert f"byte offset {at:,}" in said
    if at < 2**17:  # of a longer cell the csv module gives up
        assert "(row 3, column 3," in said


def test_the_header_and_a_file_that_ends_in_the_middle_of_a_character(tmp_path: Path) -> None:
    (tmp_path / "ALG-1.csv").write_bytes(b"Student,ID,\xe9")
    assert "(the header, column 3, byte offset 11)" in refused(tmp_path / "ALG-1.csv").what
    (tmp_path / "ALG-1.csv").write_bytes(CANVAS.encode() + b"a,b\xc3")
    assert f"(row 2, column 2, byte offset {len(CANVAS) + 3:,})" in refused(tmp_path / "ALG-1.csv").what


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_unicode_text_of_excel_is_said_so(encoding: str, tmp_path: Path) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    folder = gzipped(tmp_path / "a", [])
    (folder / "demographics.csv").write_bytes((mark + "sourcedId\tx\n").encode(encoding))
    error = refused(folder)
    assert (error.code, error.where) == ("not-utf8", "demographics.csv")
    assert encoding[:6].upper() in error.what
    (tmp_path / "ALG-1.csv").write_bytes((mark + CANVAS).encode(encoding))
    assert encoding[:6].upper() in refused(tmp_path / "ALG-1.csv").what
