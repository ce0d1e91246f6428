"""A report says how a copy of it is verified, and the second code path finds its own number on it and no other."""

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import Report
from termpost.schemas.documents.verification import Verification, grouped
from termpost.tasks.documents.pdf_text import read_as_seen, read_pages
from termpost.tasks.documents.verify.verification_numbers import refuse_other_number, refuse_without_numbers
from termpost.tasks.render.page import page_of
from termpost.tasks.render.pdf import pdf_of
from termpost.tasks.render.report_view import report_views

NUMBER, OTHER = "7Q2MX9KD04TVWA3B", "7Q2MX9KD04TVWA3C"


def made(report: Report, number: str | None, language: str = "en") -> tuple[bytes, bytes]:
    found = Verification(number=number, base_url="https://portal.example") if number else None
    views = report_views(report.model_copy(update={"verification": found}), language)
    return page_of(views), pdf_of(views, report.cutoff)


def refusal(page: bytes, pdf: bytes, number: str | None) -> str:
    with pytest.raises(InputError) as refused:
        refuse_other_number(page, pdf, number)
    return refused.value.code


@pytest.mark.parametrize("language", ["en", "ar"])
def test_number_and_square_stand_last_in_every_rendition(report: Report, language: str) -> None:
    page, pdf = made(report, NUMBER, language)
    refuse_other_number(page, pdf, NUMBER)
    html = page.decode()
    assert f'<strong class="verification-number" dir="ltr">{grouped(NUMBER)}</strong>' in html
    assert "https://portal.example/verify" in html
    on = [grouped(NUMBER) in one.text + read_as_seen(pdf, place) for place, one in enumerate(read_pages(pdf))]
    assert on[1]
    assert not on[0]  # what a family reads first
    assert pdf == made(report, NUMBER, language)[1]


def test_a_report_of_a_school_that_does_not_offer_it_has_neither(report: Report) -> None:
    page, pdf = made(report, None)
    refuse_other_number(page, pdf, None)
    assert b"verification-number" not in page.partition(b"</style>")[2]
    assert "genuine" not in "".join(one.text for one in read_pages(pdf))


def test_another_s_number_or_none_is_refused_in_the_page_and_in_the_pdf(report: Report) -> None:
    page, pdf = made(report, NUMBER)
    other_page, other_pdf = made(report, OTHER)
    bare_page, bare_pdf = made(report, None)
    for wrong in ((other_page, pdf), (page, other_pdf)):
        assert refusal(*wrong, NUMBER) in {"mixed-stamps", "unstamped-page"}
    assert refusal(bare_page, pdf, NUMBER) == refusal(page, bare_pdf, NUMBER) == "unstamped-page"
    assert refusal(page, bare_pdf, None) == refusal(bare_page, pdf, None) == "mixed-stamps"


def test_text_that_reads_like_a_number_is_text(report: Report) -> None:
    course = report.courses[1]
    assert course.comment
    quoted = course.comment.model_copy(
        update={"text": f"See {grouped(OTHER)} at https://portal.example/verify/{OTHER}"}
    )
    courses = (course.model_copy(update={"comment": quoted}), *report.courses[2:])
    page, pdf = made(report.model_copy(update={"courses": courses}), NUMBER)
    refuse_other_number(page, pdf, NUMBER)


def test_an_envelope_must_have_the_number_of_each_report(report: Report) -> None:
    pdf = made(report, NUMBER)[1]
    refuse_without_numbers(pdf, [NUMBER])
    refuse_without_numbers(pdf, [])
    with pytest.raises(InputError):
        refuse_without_numbers(pdf, [NUMBER, OTHER])
