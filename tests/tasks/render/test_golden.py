"""How the papers look: each hard case as a picture that somebody has looked at.

After a wanted change, `TERMPOST_GOLDEN=write pytest tests/tasks/render/test_golden.py` draws them anew: look at each.
"""

import io
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat
from termpost.schemas.documents.comments import BankSentence, CommentPart
from termpost.schemas.documents.report import Comment, Report, ReportLayout
from termpost.tasks.render.layouts import laid_out
from termpost.tasks.render.pdf import make_pdf

GOLDEN = Path(__file__).parent / "golden"
SCALE = 0.62  # 45 dots an inch: layout and weight show, a letter does not matter
MOST_PAGES = 4
TOLERANCE = 1.0  # of 255, mean difference; a moved line is 2 and more

# two thousand characters, the most that the contract lets through
LONG = ("She listens, asks, and explains what she found out to others in words of her own. " * 30)[:1999] + "."
TITLE = "An Introduction to the History of Ideas in the Mediterranean World from Antiquity to the Present, " * 3


def _comments(report: Report) -> Report:
    courses = tuple(c.model_copy(update={"comment": Comment(text=LONG, author="Ruth Calder")}) for c in report.courses)
    return report.model_copy(update={"courses": courses[:3], "homeroom_comment": Comment(text=LONG)})


def _titles(report: Report) -> Report:
    return report.model_copy(
        update={"courses": tuple(c.model_copy(update={"title": TITLE.strip()}) for c in report.courses)}
    )


def _empty(report: Report) -> Report:
    nothing = {"courses": (), "attendance": None, "scale": (), "policies": (), "homeroom_comment": None}
    return report.model_copy(update=nothing)


def _zero(report: Report) -> Report:
    basis = report.courses[0].basis.model_copy(update={"if_missing": Decimal(0)})
    zero = {"current": Decimal(0), "final": Decimal(0), "letter": "F", "basis": basis}
    none = report.courses[0].model_copy(update=zero)
    return report.model_copy(update={"courses": (none, *report.courses[1:2]), "paper": "a4"})


def _kind(layout: ReportLayout) -> Callable[[Report], Report]:
    """With a comment that has everything."""
    sentence = BankSentence(code="S03", texts=(("en", "{name} asks good questions in {course}."),))
    parts = (
        CommentPart(kind="strength", sentences=(sentence,)),
        CommentPart(kind="next_step", text="Hand in the lab report on the day it is due."),
        CommentPart(kind="home_help", text="Read together each day."),
        CommentPart(kind="student_says", text="I like the microscope best."),
    )

    def made(report: Report) -> Report:
        biology = report.courses[1].model_copy(update={"comment": Comment(author="Tom Brandt", parts=parts)})
        changes = {"courses": (report.courses[0], biology, *report.courses[2:]), "correction": None, "version": 1}
        return laid_out(report.model_copy(update=changes), layout)

    return made


CASES: dict[str, tuple[str, str, Callable[[Report], Report]]] = {
    "long-names-20-courses": ("long_report", "en", lambda r: r),
    "long-comments": ("report", "en", _comments),
    "four-line-titles": ("full_report", "en", _titles),
    "empty-term": ("report", "en", _empty),
    "zero-on-a4": ("report", "en", _zero),
    "what-grades-rest-on": ("noted_report", "en", lambda r: r),
    "what-grades-rest-on-arabic": ("noted_report", "ar", lambda r: r),
    "everything": ("full_report", "en", lambda r: r),
    "narrative": ("full_report", "en", _kind("narrative")),
    "early-years": ("full_report", "en", _kind("early-years")),
    "arabic": ("full_report", "ar", lambda r: r),
    "chinese": ("full_report", "zh-Hans", lambda r: r),
    "ukrainian": ("full_report", "uk", lambda r: r),
    "french": ("full_report", "fr", lambda r: r),
    "spanish": ("full_report", "es", lambda r: r),
}  # fmt: skip


def drawn(pdf: bytes) -> Image.Image:
    """The first pages side by side, in grey as a school's printer makes them."""
    pages = [page.render(scale=SCALE).to_pil().convert("L") for page in list(pypdfium2.PdfDocument(pdf))[:MOST_PAGES]]
    sheet = Image.new("L", (sum(p.width for p in pages), max(p.height for p in pages)), 255)
    left = 0
    for page in pages:
        sheet.paste(page, (left, 0))
        left += page.width
    return ImageOps.posterize(sheet, 4)  # so that the pictures stay small


@pytest.mark.parametrize("name", CASES)
def test_looks_as_it_did_when_somebody_looked(name: str, request: pytest.FixtureRequest) -> None:
    fixture, language, changed = CASES[name]
    found = drawn(make_pdf(changed(request.getfixturevalue(fixture)), language))
    path = GOLDEN / f"{name}.png"
    if os.environ.get("TERMPOST_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        found.save(path, optimize=True)
    wanted = Image.open(io.BytesIO(path.read_bytes())).convert("L")
    assert found.size == wanted.size
    assert ImageStat.Stat(ImageChops.difference(found, wanted)).mean[0] < TOLERANCE


def test_the_comparison_notices_a_line_that_moved(report: Report) -> None:
    before = drawn(make_pdf(report, "en"))
    moved = ImageChops.offset(before, 0, 2)
    assert ImageStat.Stat(ImageChops.difference(before, moved)).mean[0] > TOLERANCE
