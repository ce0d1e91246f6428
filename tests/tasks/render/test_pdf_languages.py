"""The PDF in every language: PDF/UA-1 by its metadata, tagged, with language, title and a list of what to do."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from termpost.schemas.documents.report import Report
from termpost.tasks.documents.verify.stamps import stamps_of_pdf
from termpost.tasks.documents.wording import languages
from termpost.tasks.render.pdf import make_pdf, pdf_of
from termpost.tasks.render.report_view import report_views


def elements(node: Any) -> Iterator[Any]:
    """Every element of the structure tree."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


@pytest.mark.needs("qpdf")
@pytest.mark.parametrize("language", languages())
def test_is_accessible_and_sound_in_every_language(full_report: Report, tmp_path: Path, language: str) -> None:
    data = make_pdf(full_report, language)
    (tmp_path / "report.pdf").write_bytes(data)
    subprocess.run(["qpdf", "--check", tmp_path / "report.pdf"], check=True, capture_output=True)
    sheets = report_views(full_report, language)
    with pikepdf.open(io.BytesIO(data)) as document:
        root = document.Root
        assert b"pdfuaid:part>1<" in root.Metadata.read_bytes()
        assert root.MarkInfo.Marked
        assert str(root.Lang).split("-")[0] == language.split("-", maxsplit=1)[0]
        assert str(document.docinfo["/Title"]) == sheets[0].document
        found = [str(one.S) for one in elements(root.StructTreeRoot.K)]
        assert "/Figure" not in found  # a mark is text in a shape, so it is read like any other
        assert found.count("/Title") == 1  # the school's own version is for the screen alone
        assert found.count("/L") == 1


@pytest.mark.parametrize("number", ["604822", "f55-ana", "S-4.b_7", "A1", "12a", "AB12-34.c", "Ñ12", "7-7"])
@pytest.mark.parametrize("language", ["ar", "zh-Hans", "uk"])
def test_the_second_code_path_reads_any_student_number_in_any_script(
    report: Report, number: str, language: str
) -> None:
    student = report.student.model_copy(update={"number": number})
    said = report.model_copy(update={"student": student, "languages": ("en", language)})
    pdf = pdf_of(report_views(said, language), said.cutoff)
    assert all(found == {said.stamp} for found in stamps_of_pdf(pdf))
