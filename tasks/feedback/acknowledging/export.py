"""Proofs of acknowledgements as files that anybody can check: the text, its signature and the page's public key."""

from pathlib import Path

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.feedback.acknowledgements import acknowledgements, read_on
from termpost.tasks.feedback.acknowledging.proofs import read_proof
from termpost.tasks.home.home import Home
from termpost.tasks.home.staff_changes import OPERATOR
from termpost.tasks.runtime.private_files import private_folder, write_private

README = """Each acknowledgement is three files: what was signed, its signature, and the public key of the page.

    openssl dgst -sha256 -verify NAME.pem -signature NAME.sig NAME.txt

The text has the place of the page, the SHA-256 of the PDF and the day. "Verified OK" says that somebody who unlocked
this page said on that day that they have read exactly this PDF (compare its sum: sha256sum REPORT.pdf). It does not say
who that was, nor that the school, which made the page's key, could not have made it.

An acknowledgement by slip or phone has no such file: its paper is in the office, and index.csv says how it came.
"""


def export_proofs(home: Home, out: Path) -> tuple[int, int]:
    """Writes them into a new folder; how many have a proof, and how many came otherwise. The log has it first.

    Raises:
        InputError: the folder is there already.
    """
    folder, rows = private_folder(out), ["name,report,version,recipient,day,via"]
    known = acknowledgements(home.log.entries("acknowledged"))
    home.log.append("deliveries-acknowledgements", [
        Entry(kind="exported", actor=OPERATOR, reason="acknowledgements", count=len(known))
    ])  # fmt: skip
    proved = 0
    for number, ((report, version, recipient), entry) in enumerate(known.items(), start=1):
        name = f"{number:05}"
        rows.append(f"{name},{report},{version},{recipient},{read_on(entry)},{entry.via}")
        if entry.object is None or entry.student is None:
            continue
        try:
            kept = read_proof(home, PersonRef(entry.student), entry.object)
        except KeyError:  # erased with the student
            continue
        for ending, data in (("txt", kept.signed), ("sig", kept.der), ("pem", kept.pem)):
            write_private(folder / f"{name}.{ending}", data)
        proved += 1
    write_private(folder / "index.csv", ("\n".join(rows) + "\n").encode())
    write_private(folder / "README.txt", README.encode())
    return proved, len(known) - proved
