"""An independent reader of what a PDF claims to be: PDF/UA-1 (ISO 14289-1) and PDF/A-3a (ISO 19005-3), by machine.

It shares no code with the product. Each module says what it finds wrong by name, and `faults` collects the names.
"""

from io import BytesIO

import pikepdf

from tests.pdf_standards.attachments import attachment_faults
from tests.pdf_standards.content import content_faults
from tests.pdf_standards.file import file_faults
from tests.pdf_standards.structure import structure_faults


def faults(pdf: bytes, attached: str | None = "report.json") -> set[str]:
    """The names of all that is wrong; nothing for a file that keeps what it claims.

    Args:
        attached: the one file that has to be attached; None: none may be.
    """
    with pikepdf.open(BytesIO(pdf)) as document:
        found = {*file_faults(document), *attachment_faults(document, attached)}
        return found | {*structure_faults(document), *content_faults(document)}
