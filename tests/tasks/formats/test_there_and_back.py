"""Every format there and back: a model becomes files, the files become rows, the rows are the model. And noise."""

import csv
import io
import random
import shutil
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from termpost.schemas.base.errors import InputError
from termpost.tasks.check.accept import accept
from termpost.tasks.extract.from_bytes import in_memory
from termpost.tasks.extract.land import fingerprint
from termpost.tasks.extract.landed import landed_files
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.fill_datasets import fill_datasets
from termpost.tasks.formats.read import read_raw
from termpost.tasks.formats.registry import format_named

from tests.tagged import TAGS
from tests.tasks.formats.canvas_book import Course, Item, Student
from tests.tasks.formats.lms_book import FORM, Folders

SLOW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# letters of several scripts, what breaks CSV, and what breaks spreadsheets; no control characters, which no name has
text = (
    st.text(st.sampled_from("aÀñ中ʻ'\",;=+-@()0\n "), min_size=1, max_size=12)
    .map(
        lambda t: " ".join(t.split())  # blanks are folded
    )
    .filter(lambda t: any(char.isalnum() for char in t))
)
# no name begins as the defused ones do, so that every one of them can be told from what was put before it
name = text.map(lambda t: " ".join(t.replace(",", "").split()).lstrip("'=+-@ \"")).filter(
    lambda t: any(char.isalnum() for char in t)
)
points = st.decimals(0, 9999, places=2).map(lambda d: format(d.normalize(), "f"))
mark = st.one_of(points, st.sampled_from(["EX", "N/A", "", "0"]))


def sources(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): str(p) for p in sorted(folder.rglob("*.csv"))}


def read_back(folder: Path, form: str, *queries: str) -> list[set[tuple[Any, ...]]]:
    with duckdb.connect() as con:
        accept(con, sources(folder), (), form)
        return [set(con.execute(query).fetchall()) for query in queries]


@st.composite
def courses(draw: Any) -> Course:
    ids = draw(st.lists(st.integers(1, 9999).map(str), min_size=1, max_size=5, unique=True))
    items = [Item(i, draw(text), draw(points), draw(st.booleans())) for i in ids]
    people = draw(st.lists(st.integers(1, 9999).map(str), min_size=1, max_size=5, unique=True))
    students = [
        Student(
            p,
            f"{draw(name)}, {draw(name)}",
            draw(st.sampled_from(["", f"s{p}"])),
            f"l{p}",
            marks={i: draw(mark) for i in ids},
        )
        for p in people
    ]
    # something must tell which mark parts decimals: here the totals do
    locale, delimiter = draw(st.sampled_from([("en", ","), ("de", ";"), ("de", ","), ("fr", ";")]))
    return Course(
        "Course.csv", items, students, locale, delimiter, bom=draw(st.booleans()), test_student=draw(st.booleans())
    )


@SLOW
@given(course=courses())
def test_a_canvas_gradebook_comes_back_as_it_was(course: Course, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "extract", ignore_errors=True)
    folder = course.write(tmp_path / "extract")
    marks, names, items = read_back(
        folder,
        "canvas-gradebook/1",
        "SELECT student_sourced_id, line_item_sourced_id, score_status, score FROM accepted_results",
        "SELECT sourced_id, family_name || ', ' || given_name FROM accepted_users",
        "SELECT sourced_id, title, result_value_max, posted_by_hand FROM accepted_line_items",
    )
    # N/A in every row: hidden from everybody until it is posted
    hidden = {i.id for i in course.items if {s.marks.get(i.id, "") for s in course.students} == {"N/A"}}
    assert marks == {
        (
            s.sis or s.id,
            i,
            "exempt" if m in {"EX", "N/A"} else "fully graded",
            None if m in {"EX", "N/A"} else Decimal(m),
        )
        for s in course.students
        for i, m in s.marks.items()
        if m and i not in hidden
    }
    assert names == {(s.sis or s.id, s.name) for s in course.students}
    assert items == {(i.id, i.title, Decimal(i.points), i.manual or i.id in hidden) for i in course.items}


@st.composite
def sections(draw: Any) -> tuple[Folders, set[tuple[Any, ...]]]:
    """Folders, and the marks that are in them."""
    book, marks = Folders(), set()
    people = draw(st.lists(st.integers(1, 999).map(str), min_size=1, max_size=4, unique=True))
    for person in people:
        sis = draw(st.sampled_from(["", f"s{person}"]))
        book.add("users", SourceSystemIdentifier=person, UserRole="student", SISUserIdentifier=sis, Name=draw(name))
    for section in draw(st.lists(st.integers(1, 99).map(str), min_size=1, max_size=2, unique=True)):
        book.add("sections", SourceSystemIdentifier=section, Title=draw(text), Term="T")
        for item in draw(st.lists(st.integers(1, 99).map(f"{section}-{{}}".format), max_size=3, unique=True)):
            book.add(
                f"section={section}/assignments",
                SourceSystemIdentifier=item,
                Title=draw(text),
                MaxPoints=draw(points),
                LMSSectionSourceSystemIdentifier=section,
            )
            for number, person in enumerate(people, start=1):
                state = draw(st.sampled_from(["Graded", "Late", "Missing", "Submitted"]))
                earned = draw(points) if state in {"Graded", "Late"} else ""
                book.add(
                    f"section={section}/assignment={item}/submissions",
                    SourceSystemIdentifier=f"{item}-{person}",
                    SubmissionStatus=state,
                    EarnedPoints=earned,
                    AssignmentSourceSystemIdentifier=item,
                    LMSUserSourceSystemIdentifier=person,
                )
                marks.add(
                    (
                        book.files[next(f for f in book.files if f.startswith("users/"))][number][4] or person,
                        item,
                        section,
                        Decimal(earned) if earned else None,
                        state == "Late",
                        state == "Missing",
                    )
                )
    return book, marks


@SLOW
@given(made=sections())
def test_lms_folders_come_back_as_they_were(made: tuple[Folders, set[tuple[Any, ...]]], tmp_path: Path) -> None:
    book, marks = made
    shutil.rmtree(tmp_path / "extract", ignore_errors=True)
    book.write(tmp_path / "extract")
    found, names = read_back(
        tmp_path / "extract",
        FORM,
        "SELECT student_sourced_id, line_item_sourced_id, i.class_sourced_id, score, late, missing"
        " FROM accepted_results r JOIN accepted_line_items i ON i.sourced_id = r.line_item_sourced_id",
        "SELECT sourced_id, regexp_replace(concat_ws(' ', given_name, family_name), '\\s+', ' ', 'g')"
        " FROM accepted_users",
    )
    assert found == marks
    users = book.records("users")
    assert names == {
        (r["SISUserIdentifier"] or r["SourceSystemIdentifier"], " ".join(r["Name"].split())) for r in users
    }


HEADER = "Student,ID,SIS User ID,SIS Login ID,Section"
STARTS = {
    "Course.csv": [
        f"{HEADER},Quiz (1)\n    Points Possible,,,,,10\nA,1,,,S,",
        HEADER.replace(",", ";") + ";Quiz (1)\n",
        HEADER,
        "",
    ],
    "users/2021-07-01-00-00-00.csv": ["SourceSystemIdentifier,UserRole,SISUserIdentifier,Name\n1,student,,A\n"],
    "section=1/assignments/2021-07-01-00-00-00.csv": ["SourceSystemIdentifier,Title,MaxPoints\n"],
}
NOISE = [
    b'"',
    b",",
    b";",
    b"\n",
    b"\r",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3\xa9",
    b"(1)",
    b"    Points Possible",
    b"1,5",
    b"NaN",
    b"=",
    b"\x1f",
    b"EX",
]


@settings(SLOW, max_examples=60)
@given(seed=st.integers(0, 2**32), file=st.sampled_from(list(STARTS)), zipped=st.booleans())
def test_noise_is_refused_or_read_and_never_a_traceback(seed: int, file: str, zipped: bool, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - noise, not a key
    data = chance.choice(STARTS[file]).encode() + b"".join(chance.choices(NOISE, k=chance.randrange(40)))
    if chance.random() < 0.3:
        data += chance.randbytes(40)
    shutil.rmtree(tmp_path / "extract", ignore_errors=True)
    (tmp_path / "extract" / file).parent.mkdir(parents=True)
    (tmp_path / "extract" / file).write_bytes(data)
    path = tmp_path / "extract"
    if zipped:
        path = tmp_path / "extract.zip"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(file, data)
        path.write_bytes(out.getvalue())
    with duckdb.connect() as con:
        try:
            files = open_source(str(path))
            weighed = fingerprint(files)
        except InputError:
            return
        form = f"{weighed.format}/{weighed.version}"
        with in_memory(con, files) as opened:
            raw = read_raw(con, opened, format_named(form))
            fill_datasets(con, format_named(form))
            assert raw.rows.keys() <= opened.keys()


@pytest.mark.parametrize("file", ["Course.csv", "2021-11-24T1200_Grades-Course.csv"])
def test_one_file_alone_is_an_extract(file: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(STARTS["Course.csv"][0] + "7.5\n", encoding="utf-8")
    files = open_source(str(tmp_path / file))
    weighed = fingerprint(files)
    assert (weighed.format, weighed.version) == ("canvas-gradebook", "1")
    with duckdb.connect() as con, in_memory(con, files) as opened:
        accept(con, opened, (), "canvas-gradebook/1")
        query = "SELECT i.class_sourced_id, score::VARCHAR FROM accepted_results JOIN accepted_line_items AS i ON true"
        assert con.execute(query).fetchall() == [("Course", "7.500000")]


def test_an_lms_zip_is_read_like_its_folder_and_a_nested_one_refused(tmp_path: Path) -> None:
    Folders.sample().write(tmp_path / "extract")
    sample = Path(__file__).parents[2] / "data" / "lms-toolkit.zip"
    files = open_source(str(sample))
    weighed = fingerprint(files)
    assert weighed.format == "lms-toolkit"
    assert [f.name for f in files] == [f.name for f in open_source(str(tmp_path / "extract"))]
    with duckdb.connect() as con, in_memory(con, files) as opened:
        accept(con, opened, (), FORM)
        assert con.execute("SELECT count(*) FROM accepted_results").fetchone() == (901,)
    with zipfile.ZipFile(tmp_path / "nested.zip", "w") as archive:
        archive.writestr("extract/users/2021-07-01-00-00-00.csv", "a\n")
    with pytest.raises(InputError) as caught:
        open_source(str(tmp_path / "nested.zip"))
    assert caught.value.code == "nested-zip"


def test_a_column_nobody_may_keep_is_cut_from_a_semicolon_file_too(tmp_path: Path) -> None:
    from termpost.tasks.extract.land import land
    from termpost.tasks.store.file.store import FileStore

    text = HEADER.replace(",", ";") + ";Quiz (1)\n    Points Possible;;;;;10,0\nAsh;1;;secret.login;S;7,5\n"
    (tmp_path / "Course.csv").write_text(text, encoding="utf-8")
    files, store = open_source(str(tmp_path / "Course.csv")), FileStore(tmp_path / "vault")
    extract = land(store, TAGS, files, fingerprint(files), ["SIS Login ID"])
    (key,) = (file.key for file in landed_files(store, TAGS, extract.uri).values())
    assert "Course" not in key  # what somebody called it may name a class or a teacher
    kept = list(csv.reader(io.StringIO(store.get(key).decode()), delimiter=";"))
    assert kept[2] == ["Ash", "1", "", "S", "7,5"]
