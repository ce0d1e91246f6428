"""Documents are given, checked for every school they would go out from, and released."""

from collections.abc import Sequence
from datetime import datetime

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.channels.print.gather import SchoolPrint, gather
from termpost.tasks.channels.print.inserts import Document, check_document, release_documents
from termpost.tasks.home.home import Home


def enclose(
    home: Home, cycle: str, school: str | None, documents: Sequence[Document], *, by: str, otp: str, at: datetime
) -> int:
    """Checks all, then releases all; returns how many pages had no text, of which only a person can say whom they name.

    Raises:
        InputError: what `check_document` finds, or `no-envelope`.
        Refused: `names-another`, `waits-for-another`, or as `staff.prove` does.
    """
    schools = gather(home, cycle, list(home.log.entries()), school)
    unread = 0
    wanted: list[tuple[str, list[Document]]] = []
    for one in schools:
        mine = [document for document in documents if _goes_out_from(one, document.student)]
        for document in mine:
            unread += check_document(
                document, home.settings.channels.print.paper, one.known.students, f"--enclose, {document.name}"
            )
        wanted.append((one.school, mine))
    placed = {id(document) for _, mine in wanted for document in mine}
    if any(id(document) not in placed for document in documents):
        raise InputError("no-envelope", "this student is in no envelope that is to be printed", "--enclose",
                         "see `termpost deliveries`; what was posted cannot be added to")  # fmt: skip
    if release_documents(home, cycle, wanted, by=by, otp=otp, at=at):
        raise Refused("waits-for-another", "another registrar or head must release the same documents", "--enclose",
                      "nothing was printed; the same command by the other person prints them")  # fmt: skip
    return unread


def _goes_out_from(school: SchoolPrint, student: PersonRef | None) -> bool:
    return bool(school.printable) and (
        student is None or any(student in envelope.students for envelope in school.printable)
    )
