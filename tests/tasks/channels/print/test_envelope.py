"""The envelope: an address in the window, a letter that opens the sealed page, reports that share no sheet."""

import io
import re
import subprocess
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.letter import Letter
from termpost.schemas.documents.report import Contact, Course, Phrase, Report, School, Student, Work
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.channels.print.laid_places import rooms_in
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.render.pdf import make_pdf

pytestmark = pytest.mark.needs("qpdf", "pdfinfo", "pdftotext", "pdftoppm")

LINK = "https://reports.harbourview.example/r/7f3c9a2e5b1d4c8896e0aa51d2b7c3f4.html"
ADDRESS = ("Ms. Elena Lindqvist", "Apartment 4B", "1184 Old Lighthouse Road", "Harbour View, TX 77550")
INCH, MM = 72.0, 72 / 25.4  # points
Box = tuple[float, float, float, float]
# envelope and window as a shop sells them, and the sheet as it is folded: height and width of the envelope; height,
# width, left and bottom of the window; height and width of the folded sheet (US trade sizes; ISO 269 and DIN 680)
SOLD = {
    "10": (INCH, (4.125, 9.5), (1.125, 4.5, 0.875, 0.5), (11 / 3, 8.5)),
    "DL": (MM, (110, 220), (45, 90, 20, 15), (99, 210)),
    "C5": (MM, (162, 229), (45, 90, 20, 60), (148.5, 210)),
}


def window(envelope: str) -> tuple[Box, Box]:
    """What the window can show of the folded sheet, and what it always shows: left, top, right, bottom in points."""
    unit, (height, width), (tall, wide, left, bottom), (folded, across) = SOLD[envelope]
    up, aside = height - folded, width - across  # how far the sheet can slide
    below = folded - bottom
    may = (left - aside, below - tall, left + wide, below + up)
    always = (left, below - tall + up, left + wide - aside, below)
    return tuple(unit * x for x in may), tuple(unit * x for x in always)  # type: ignore[return-value]


def school() -> School:
    return School(name="Harbour View High School", institution="Lakeside Unified School District")


def letter(envelope: str = "10", **changes: object) -> Letter:
    values: dict[str, object] = {
        "language": "en", "envelope": envelope, "recipient_name": ADDRESS[0], "address": ADDRESS[1:],
        "school": school(), "return_address": ("200 Schoolhouse Lane", "Harbour View, TX 77550"),
        "cycle_title": "Midterm, Fall 2021", "students": ("Amara Lindqvist", "Theo Lindqvist"), "link": LINK,
        "query_until": date(2021, 12, 3),
        "ask": Contact(name="the school office", phone="555-0142"),
    }  # fmt: skip
    return Letter.model_validate(values | changes)


def report(number: str, rows: int = 0, paper: str = "us-letter") -> Report:
    """A report of one page without rows, of more with many."""
    work = tuple(Work(title=f"Homework {n}", due=None, state="missing", possible=Decimal(10)) for n in range(rows))
    course = Course(
        class_id="c", title="Algebra", current=Decimal(71), final=None, graded=1, missing=rows, late=0, work=work
    )
    return Report.model_validate(
        {
            "languages": ["en"], "paper": paper, "cycle_id": "2021-fall-midterm", "cycle_title": "Midterm, Fall 2021",
            "session_title": "Fall", "kind": "midterm", "cutoff": date(2021, 11, 19), "version": 1, "school": school(),
            "student": Student(name=f"Student {number}", number=number), "courses": (course,), "attendance": None,
            "scale": (), "method": (Phrase(key="method.points"),), "query_until": date(2021, 12, 3),
            "ask": Contact(name="the school office"),
        }
    )  # fmt: skip


def parts(*reports: Report) -> list[bytes]:
    return [make_pdf(one, "en") for one in reports]


def texts(pdf: bytes) -> list[str]:
    """What pdftotext reads, by page."""
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode().split("\f")[:-1]


def boxes(pdf: bytes) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Words of the first page and where they stand: left, top, right, bottom in points."""
    command = ["pdftotext", "-bbox", "-l", "1", "-", "-"]
    out = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    found = re.findall(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>', out)
    return [(word, (float(a), float(b), float(c), float(d))) for a, b, c, d, word in found]


def alternatives(pdf: bytes) -> set[str]:
    """Every text alternative in the file."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return {
            str(thing["/Alt"]) for thing in file.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        }


def white(pdf: bytes, number: int) -> bool:
    """Whether nothing at all is on a page."""
    command = ["pdftoppm", "-f", str(number), "-l", str(number), "-r", "40", "-gray", "-"]
    _, _, _, pixels = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.split(b"\n", 3)
    return bool(pixels) and set(pixels) == {255}


def stamped(pdf: bytes, reports: Sequence[Report]) -> list[str]:
    """By page: the number of the student whose stamp both readers find, `blank`, or `other`."""
    found = []
    pages = zip(texts(pdf), read_pages(pdf), strict=True)
    for number, (seen, page) in enumerate(pages, 1):
        read = page.text
        owners = [r.student.number for r in reports if r.stamp in read and any(r.stamp in s for s in seen.splitlines())]
        assert len(owners) < 2
        found.append(owners[0] if owners else "blank" if white(pdf, number) else "other")
    return found


@pytest.mark.parametrize("envelope", SOLD)
def test_is_sound_and_tagged_on_one_size_of_paper(tmp_path: Path, envelope: str) -> None:
    path, paper = tmp_path / "envelope.pdf", letter(envelope).paper
    path.write_bytes(make_envelope(letter(envelope), parts(report("1", paper=paper), report("2", 60, paper))))
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    info = subprocess.run(["pdfinfo", "-l", "99", path], check=True, capture_output=True).stdout.decode()
    assert "Tagged:          yes" in info
    assert len(set(re.findall(r"size:\s+([\d.]+ x [\d.]+)", info))) == 1


def test_every_report_starts_on_a_fresh_sheet_and_the_envelope_ends_on_a_whole_one() -> None:
    short, long, last = report("1001"), report("1002", 65), report("1003")
    pdfs = parts(short, long, last)
    assert [len(read_pages(pdf)) for pdf in pdfs] == [1, 3, 1]
    found = stamped(make_envelope(letter(), pdfs), (short, long, last))
    assert found == ["other", "blank", "1001", "blank", "1002", "1002", "1002", "blank", "1003", "blank"]


def test_no_blank_page_follows_a_part_of_whole_sheets() -> None:
    two, one = report("2001", 40), report("2002")
    pdfs = parts(two, one)
    assert len(read_pages(pdfs[0])) == 2
    found = stamped(make_envelope(letter(), pdfs), (two, one))
    assert found == ["other", "blank", "2001", "2001", "2002", "blank"]
    assert stamped(make_envelope(letter(), pdfs[:1]), (two,)) == ["other", "blank", "2001", "2001"]


def test_a_letter_that_runs_over_takes_whole_sheets_too() -> None:
    names = tuple(f"Student {n}" for n in range(60))
    one = report("3001")
    found = stamped(make_envelope(letter(students=names), parts(one)), (one,))
    assert found.index("3001") % 2 == 0
    assert found[-2:] == ["3001", "blank"]


def test_report_pages_are_embedded_as_text_with_a_text_alternative() -> None:
    pdf = make_envelope(letter(), parts(report("1001")))
    assert "Missing and late work" in texts(pdf)[2]
    with pikepdf.open(io.BytesIO(pdf)) as file:
        kinds = {str(thing.Subtype) for thing in file.pages[2].resources.XObject.as_dict().values()}
    assert kinds
    assert "/Image" not in kinds
    assert {"Report 1 of 1, page 1 of 1", f"QR code that opens the address {LINK}"} <= alternatives(pdf)


@pytest.mark.parametrize("lines", [2, 4])  # name, street, town, country: an address has no more
@pytest.mark.parametrize("envelope", SOLD)
def test_the_window_always_shows_the_address_and_never_anything_else(envelope: str, lines: int) -> None:
    may, always = window(envelope)
    pdf = make_envelope(letter(envelope, address=(ADDRESS[1:] * 2)[: lines - 1]), parts(report("1")))
    inside = [
        (word, box) for word, box in boxes(pdf)
        if box[0] < may[2] and box[2] > may[0] and box[1] < may[3] and box[3] > may[1]
    ]  # fmt: skip
    assert [word for word, _ in inside] == " ".join((ADDRESS[0], *(ADDRESS[1:] * 2)[: lines - 1])).split()
    for _, (left, top, right, bottom) in inside:
        assert left >= always[0]
        assert right <= always[2]
        assert top >= always[1] - 3  # points: room above the letters counts as part of a line
        assert bottom <= always[3] + 3
    assert {(x, y) for x, y in ink(pdf) if _within(x, y, may)} == {(x, y) for x, y in ink(pdf) if _within(x, y, always)}


def ink(pdf: bytes) -> set[tuple[int, int]]:
    """Where anything is on the first page, in points: text, lines or pictures."""
    command = ["pdftoppm", "-singlefile", "-r", "72", "-gray", "-"]
    _, size, _, pixels = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.split(b"\n", 3)
    width = int(size.split()[0])
    return {(at % width, at // width) for at, grey in enumerate(pixels) if grey < 250}


def _within(x: float, y: float, box: Box) -> bool:
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def test_the_letter_says_what_is_inside_and_how_to_open_the_page() -> None:
    text = " ".join(texts(make_envelope(letter(), parts(report("1"), report("2"))))[0].split())
    for words in ("holds 2 progress reports", "Amara Lindqvist", "Theo Lindqvist",
                  "the school office by December 3, 2021", "Phone: 555-0142"):  # fmt: skip
        assert words in text
    assert LINK in "".join(char for char in text if char != " ")


def test_a_letter_without_a_page_says_nothing_of_links_and_codes() -> None:
    made = make_envelope(letter(link=""), parts(report("1")))
    assert "code" not in texts(made)[0]
    assert alternatives(made) == {"Report 1 of 1, page 1 of 1"}


@pytest.mark.parametrize(("ways", "said"), [
    (("handover",), "You have it from the school office."), (("post",), "It came in a letter of its own."),
    (("handover", "post"), "gave it to you, or it came in a letter of its own."),
])  # fmt: skip
def test_the_letter_says_how_one_gets_the_code_and_has_no_room_for_it(ways: tuple[str, ...], said: str) -> None:
    made = make_envelope(letter(codes_by=ways), parts(report("1")))
    assert said in " ".join(texts(made)[0].split())
    assert re.search("[0-9A-Z]{4}-[0-9A-Z]{4}", texts(made)[0]) is None
    assert rooms_in(made) == []


@pytest.mark.parametrize("language", ["en", "es", "fr", "zh-Hans", "ar", "uk"])
def test_days_that_follow_leave_a_room_of_their_size_and_no_day(language: str) -> None:
    made = make_envelope(letter(days_follow=True, language=language), parts(report("1")))
    assert rooms_in(made) == [(0, "days")]
    assert "2021" not in texts(made)[0].replace("Fall 2021", "")


def test_names_and_links_print_literally() -> None:
    tricky = '#import "x" *bold* $x$ <script>'
    text = " ".join(
        texts(make_envelope(letter(recipient_name=tricky, students=(tricky,)), parts(report("1"))))[0].split()
    )
    assert text.count(tricky) == 3


def pictures(pdf: bytes, folder: Path) -> bytes:
    """The right-hand part of the letter, where the code stands and no text does."""
    (folder / "letter.pdf").write_bytes(pdf)
    part = ("-x", "880", "-y", "700", "-W", "300", "-H", "350")
    command: list[str | Path] = ["pdftoppm", "-singlefile", "-r", "150", "-gray", *part]
    command += [folder / "letter.pdf", folder / "letter"]
    subprocess.run(command, check=True)
    return (folder / "letter.pgm").read_bytes()


def test_the_qr_code_depends_on_the_link_alone(tmp_path: Path) -> None:
    def seen(made: Letter) -> bytes:
        return pictures(make_envelope(made, parts(report("1"))), tmp_path)

    assert seen(letter()) == seen(letter(students=("Amara Lindqvist", "Tess Lindqvist")))
    assert seen(letter()) != seen(letter(link=LINK + "x"))


def test_the_same_letter_and_reports_give_the_same_bytes() -> None:
    pdfs = parts(report("1"), report("2", 60))
    assert make_envelope(letter(), pdfs) == make_envelope(letter(), pdfs)


def test_a_report_that_is_no_pdf_is_refused() -> None:
    for broken in (b"", b"not a report"):
        with pytest.raises(InputError) as caught:
            make_envelope(letter(), [broken])
        assert caught.value.code == "unreadable-pdf"
