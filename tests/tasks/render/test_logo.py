"""The school's logo: one SVG for paper and page, and nothing but a picture."""

import base64
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import Report
from termpost.tasks.documents.logo import MOST, read_logo
from termpost.tasks.render.pdf import make_pdf

from tests.pages import make_page

PLAIN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4" fill="#1f4e79"/></svg>'


def logo(folder: Path, data: bytes) -> str:
    (folder / "logo").write_bytes(data)
    return read_logo(folder, "logo")


def png(width: int = 12, height: int = 8) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "#1f4e79").save(file, "PNG")
    return file.getvalue()


def with_logo(report: Report, svg: str) -> Report:
    return report.model_copy(update={"school": report.school.model_copy(update={"logo": svg})})


def test_an_svg_is_taken_as_it_is_and_a_png_becomes_one(tmp_path: Path) -> None:
    assert logo(tmp_path, PLAIN.encode()) == PLAIN
    made = logo(tmp_path, png())
    assert 'viewBox="0 0 12 8"' in made
    assert base64.b64encode(png()).decode() in made
    assert read_logo(tmp_path, None) == ""


@pytest.mark.parametrize("svg", [PLAIN, "png"])
def test_it_is_on_paper_and_on_the_page_without_a_word_for_screen_readers(
    report: Report, tmp_path: Path, svg: str
) -> None:
    marked = with_logo(report, PLAIN if svg == PLAIN else logo(tmp_path, png()))
    assert len(make_pdf(marked, "en")) > len(make_pdf(report, "en"))
    page = make_page(marked, "en").decode()
    assert '<img src="data:image/svg+xml;base64,' in page
    assert 'alt=""' in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"GIF89a", "neither SVG nor PNG"),
        (b"\xff\xfe", "neither SVG nor PNG"),
        (b"<html><svg/></html>", "neither SVG nor PNG"),
        (PLAIN.replace("<circle", "<script>alert(1)</script><circle").encode(), "scripts"),
        (PLAIN.replace("<circle", '<circle onload="x()"').encode(), "scripts"),
        (PLAIN.replace("<circle", '<image href="https://example.org/x.png"/><circle').encode(), "links to elsewhere"),
        (b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]>' + PLAIN.encode(), "neither SVG nor PNG"),
        (PLAIN.encode() + b" " * MOST, "larger than 200 kB"),
        (PLAIN[:-6].encode(), "no whole SVG"),
        (png()[:-20], "no whole PNG"),
        (png()[:8], "no whole PNG"),
        (png(5_000, 5_000), "16 million pixels"),
    ],
)
def test_what_is_no_plain_picture_is_refused_with_the_setting(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        logo(tmp_path, data)
    assert (refused.value.code, refused.value.where) == ("bad-logo", "termpost.toml [institution] logo")


def test_a_logo_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_logo(tmp_path, "gone.svg")
