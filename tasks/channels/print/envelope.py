"""A sealed envelope as one PDF: the letter, then the reports byte for byte as approved, each on a fresh sheet."""

import json
from collections.abc import Iterator, Sequence

from termpost.schemas.documents.letter import Letter
from termpost.tasks.documents.colour import PANEL, readable
from termpost.tasks.documents.pdf_text import page_count
from termpost.tasks.documents.qr_code import qr_code
from termpost.tasks.documents.typesetting import typeset
from termpost.tasks.documents.wording import Translator, translator_for, visible
from termpost.tasks.documents.words.asking import asking_words
from termpost.tasks.documents.words.code_words import code_words
from termpost.tasks.home.slip_numbers import square_text


def _part(translator: Translator, number: int, reports: Sequence[bytes]) -> dict[str, object]:
    pdf = reports[number - 1]
    pages = page_count(pdf)
    alt = [
        translator.text(
            "letter", "part", report=translator.whole(number), reports=translator.whole(len(reports)),
            page=translator.whole(page), pages=translator.whole(pages),
        )
        for page in range(1, pages + 1)
    ]  # fmt: skip
    return {"pdf": list(pdf), "pages": alt}


def _insert(translator: Translator, pdf: bytes) -> dict[str, object]:
    pages = page_count(pdf)
    said = [
        translator.text("insert", "page", page=translator.whole(page), pages=translator.whole(pages))
        for page in range(1, pages + 1)
    ]
    return {"pdf": list(pdf), "pages": said}


def _contact(letter: Letter, translator: Translator) -> list[str]:
    ways = (("email", letter.ask.email), ("phone", letter.ask.phone))
    return [
        translator.text("letter", "contact", label=translator.text("letter", key), value=value)
        for key, value in ways
        if value
    ]


def _slips(letter: Letter, translator: Translator) -> list[dict[str, str]]:
    return [
        {
            "student": visible(one.student), "number": one.number, "square": qr_code(square_text(one.number)),
            "alt": translator.text("feedback_form", "square", number=one.number),
        }
        for one in letter.slips
    ]  # fmt: skip


def _sheaf(translator: Translator, reports: Sequence[bytes], inserts: Sequence[bytes]) -> Iterator[dict[str, object]]:
    """Each report, and what goes along with it behind it."""
    for number, insert in enumerate(inserts, start=1):
        yield _part(translator, number, reports)
        if insert:
            yield _insert(translator, insert)


def _content(
    letter: Letter, reports: Sequence[bytes], inserts: Sequence[bytes], translator: Translator
) -> dict[str, object]:
    return {
        "language": letter.language,
        "direction": translator.direction,
        "paper": letter.paper,
        "envelope": letter.envelope,
        "ink": readable(letter.school.colour, PANEL),
        "labels": translator.labels("letter"),
        "document": translator.text("letter", "document", cycle=letter.cycle_title, school=letter.school.name),
        "school": letter.school.name,
        "return_address": letter.return_address,
        "address": [visible(line) for line in (letter.recipient_name, *letter.address)],
        "subject": translator.text("letter", "subject", cycle=letter.cycle_title),
        "greeting": translator.text("letter", "greeting", name=visible(letter.recipient_name)),
        "inside": translator.plural("letter", "inside", len(reports)),
        "students": [visible(name) for name in (*letter.students, *letter.inserts)],
        "link": letter.link,
        "followed": letter.link.startswith(("https://", "http://")),
        "qr": qr_code(letter.link) if letter.link else "",
        "qr_alt": translator.text("letter", "qr", link=letter.link),
        "questions_title": translator.text("letter", "questions_title"),
        "questions": asking_words(translator, letter.ask.name, letter.query_until, letter.answer_by),
        "days_follow": letter.days_follow,
        "code_from": code_words(translator, letter.codes_by),
        "contact": _contact(letter, translator),
        "wrong": translator.text("letter", "wrong", school=letter.school.name),
        "slips": _slips(letter, translator),
        "slip_labels": translator.labels("feedback_form"),
        "note": [said.model_dump() for said in letter.note],
        "reports": list(_sheaf(translator, reports, inserts)),
    }


def make_envelope(letter: Letter, reports: Sequence[bytes], inserts: Sequence[bytes] = ()) -> bytes:
    """One recipient's envelope, tagged, for a duplex printer: no sheet carries two reports.

    Args:
        letter: the first sheet, its address where the window of its envelope is (templates/window.typ).
        reports: PDFs, in the order they go in. Their pages are embedded as they are, text included.
        inserts: what goes along with each; an empty one is none.

    Raises InputError where a report cannot be read or no font covers a character.
    """
    beside = inserts or [b""] * len(reports)
    content = _content(letter, reports, beside, translator_for(letter.language, letter.country))
    # no PDF/UA flag: the standard refuses an embedded PDF, whose tags cannot be carried over
    data = {"envelope": json.dumps(content, ensure_ascii=False)}
    return typeset("envelope.typ", data=data, dated=letter.query_until, claims=False)
