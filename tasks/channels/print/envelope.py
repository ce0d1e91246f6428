"""A sealed envelope as one PDF: the letter, then the reports byte for byte as approved, each on a fresh sheet."""

import json
from collections.abc import Sequence

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage
from termpost.schemas.documents.letter import Letter
from termpost.tasks.documents.colour import PANEL, readable
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.documents.typesetting import typeset
from termpost.tasks.documents.wording import Words, visible, words


def qr_code(link: str) -> str:
    """A QR code of the link alone (ISO/IEC 18004, correction level M) as SVG."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(link)
    code.make(fit=True)
    return code.make_image(image_factory=SvgPathImage).to_string(encoding="unicode")


def _part(said: Words, number: int, reports: Sequence[bytes]) -> dict[str, object]:
    pdf = reports[number - 1]
    pages = len(read_pages(pdf))
    alt = [
        said.say(
            "letter", "part", report=said.whole(number), reports=said.whole(len(reports)),
            page=said.whole(page), pages=said.whole(pages),
        )
        for page in range(1, pages + 1)
    ]  # fmt: skip
    return {"pdf": list(pdf), "pages": alt}


def _contact(letter: Letter, said: Words) -> list[str]:
    ways = (("email", letter.ask.email), ("phone", letter.ask.phone))
    return [said.say("letter", "contact", label=said.say("letter", key), value=value) for key, value in ways if value]


def _content(letter: Letter, reports: Sequence[bytes], said: Words) -> dict[str, object]:
    return {
        "language": letter.language,
        "direction": said.direction,
        "paper": letter.paper,
        "envelope": letter.envelope,
        "ink": readable(letter.school.colour, PANEL),
        "labels": said.labels("letter"),
        "document": said.say("letter", "document", cycle=letter.cycle_title, school=letter.school.name),
        "school": letter.school.name,
        "return_address": letter.return_address,
        "address": [visible(line) for line in (letter.recipient_name, *letter.address)],
        "subject": said.say("letter", "subject", cycle=letter.cycle_title),
        "greeting": said.say("letter", "greeting", name=visible(letter.recipient_name)),
        "inside": said.count("letter", "inside", len(reports)),
        "students": [visible(name) for name in letter.students],
        "link": letter.link,
        "followed": letter.link.startswith(("https://", "http://")),
        "code": letter.code,
        "qr": qr_code(letter.link) if letter.link else "",
        "qr_alt": said.say("letter", "qr", link=letter.link),
        "questions_title": said.say("letter", "questions_title"),
        "questions": said.say("letter", "questions", name=letter.ask.name, until=said.day(letter.query_until)),
        "contact": _contact(letter, said),
        "wrong": said.say("letter", "wrong", school=letter.school.name),
        "reports": [_part(said, number, reports) for number in range(1, len(reports) + 1)],
    }


def make_envelope(letter: Letter, reports: Sequence[bytes]) -> bytes:
    """One recipient's envelope, tagged, for a duplex printer: no sheet carries two reports.

    Args:
        letter: the first sheet, its address where the window of its envelope is (templates/window.typ).
        reports: PDFs, in the order they go in. Their pages are embedded as they are, text included.

    Raises InputError where a report cannot be read or no font covers a character.
    """
    content = _content(letter, reports, words(letter.language))
    # no PDF/UA flag: the standard refuses an embedded PDF, whose tags cannot be carried over
    data = {"envelope": json.dumps(content)}
    return typeset("envelope.typ", data=data, dated=letter.query_until, standard=None)
