"""What goes along with a report, made ready: the school's PDF under the stamp of the report, and a page that names it.

The pages are drawn anew, so that nothing but what is seen on them is left of the file that the school sent.
"""

import json
from collections.abc import Mapping

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.languages import INSERT, insert_page_name
from termpost.schemas.contracts.insert_rules import NO_PDF
from termpost.schemas.documents.report import Report
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.pdf_text import page_count
from termpost.tasks.documents.typesetting import UNPRINTABLE, typeset
from termpost.tasks.documents.verify.insert_flaws import insert_flaw
from termpost.tasks.documents.verify.stamps import must_be, printed_stamps, refuse_other_pdf, stamps_of_page
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.extract.landed import landed_inserts
from termpost.tasks.home.home import Home


def inserts_for(home: Home, prefix: str, ids: Mapping[str, str]) -> dict[str, bytes]:
    """Student → their document as it came; without what the check has quarantined.

    Args:
        prefix: of the copied extract.
        ids: student → the id that the source system has.
    """
    there = landed_inserts(home.store, home.tags, prefix)
    found = {}
    for student, source_id in ids.items():
        if source_id in there:
            with there[source_id].open() as source:
                data = source.read()
            if not insert_flaw(data):
                found[student] = data
    return found


def insert_renditions(report: Report, language: str, pdf: bytes) -> dict[str, bytes]:
    """By file name: the document, the same in every language, and the page that says in one what it is.

    Raises:
        InputError: `insert-no-pdf`, which the check could not see; as `refuse_other_pdf`.
    """
    made, page = _pdf(report, pdf), insert_page(report, language, page_count(pdf))
    must_be({report.stamp}, stamps_of_page(page) | printed_stamps(page), "HTML page")
    refuse_other_pdf(made, {report.stamp}, "the insert")
    return {INSERT: made, insert_page_name(language): page}


def _pdf(report: Report, pdf: bytes) -> bytes:
    language = report.languages[0]  # the school's own: one file serves every family
    own = translator_for(language)
    title, count = own.text("insert", "title"), page_count(pdf)
    pages = [own.text("insert", "page", page=own.whole(page), pages=own.whole(count)) for page in range(1, count + 1)]
    data = {"pdf": list(pdf), "pages": pages, "title": title, "stamp": report.stamp, "paper": report.paper,
            "language": language}  # fmt: skip
    try:
        return typeset("insert.typ", data={"insert": json.dumps(data)}, dated=report.cutoff, claims=False)
    except InputError as error:
        if error.code != UNPRINTABLE:
            raise
        raise InputError(
            NO_PDF, "the document cannot be laid out", "supplement/inserts/", "save it as PDF once more"
        ) from None


def insert_page(report: Report, language: str, pages: int) -> bytes:
    """What stands on a screen for the document, which is a PDF alone; HTML in UTF-8."""
    translator = translator_for(language)
    return environment().get_template("insert.html.j2").render(
        language=language, direction=translator.direction, stamp=report.stamp, say=translator.labels("insert"),
        pages=translator.text("insert", "pages", pages=translator.whole(pages)),
    ).encode()  # fmt: skip
