"""The rules on documents that go along with a report (`supplement/inserts/`); the check itself judges them."""

from typing import Final

from termpost.schemas.contracts.contract_rule import ContractRule

STRANGER: Final = "insert-no-student"
NO_PDF: Final = "insert-no-pdf"
LOCKED: Final = "insert-encrypted"
ACTING: Final = "insert-acts"
LARGE: Final = "insert-too-large"
LARGEST: Final = 20 * 2**20  # bytes
MOST_PAGES: Final = 40

_ROW = "the row is the place of the file in its folder, by name"
INSERT_RULES: Final[dict[str, ContractRule]] = {
    STRANGER: ContractRule(
        f"no student has the id that the document is named by ({_ROW})",
        "a document for somebody who is no student of the extract; a near miss holds whom it is nearly",
        "name it by the student's sourcedId, as <sourcedId>.pdf, or take it out",
    ),
    NO_PDF: ContractRule(
        f"the document is no PDF that can be read ({_ROW})",
        "damaged, empty or of another kind; holds its student",
        "save it as PDF once more",
    ),
    LOCKED: ContractRule(
        f"the document is encrypted ({_ROW})", "a PDF with a password; holds its student", "save it without a password"
    ),
    ACTING: ContractRule(
        f"the document has a script, a form, a note or another file in it ({_ROW})",
        "a PDF that does more than be read; holds its student",
        "print it into a PDF, so that only its pages are left",
    ),
    LARGE: ContractRule(
        f"the document is longer than {MOST_PAGES} pages or larger than {LARGEST // 2**20} MB ({_ROW})",
        "more than goes into an envelope; holds its student",
        "make it shorter, or its pictures smaller",
    ),
}
