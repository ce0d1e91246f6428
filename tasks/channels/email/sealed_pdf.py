"""A report's PDF under the recipient's access code (ISO 32000-2, AES-256, revision 6), where a school attaches it."""

import io
import secrets

import pikepdf
from termpost.tasks.documents.claims import drop_kept_claim
from termpost.tasks.secrets.access_codes import grouped, tidy

# reading aloud, printing and copying: a family owns its report, and the bits bind nobody who has the code
ALLOWED = pikepdf.Permissions(
    accessibility=True, extract=True, modify_annotation=False, modify_assembly=False, modify_form=True,
    modify_other=False, print_highres=True, print_lowres=True,
)  # fmt: skip


def seal_pdf(pdf: bytes, code: str) -> bytes:
    """The same document, encrypted; tags, language and what is attached stay, so that it remains accessible.

    It no longer says that it is PDF/A, of which no encrypted file is one (ISO 19005-3, 6.1.3).

    The password is the code as the letter prints it, capitals and dashes included: a PDF viewer compares what is typed
    letter by letter, and what is printed is what most people type. No two calls give the same bytes, for the keys are
    drawn anew. InputError `bad-code` when the code is not one.
    """
    password = grouped(tidy(code))
    lock = pikepdf.Encryption(
        user=password,
        owner=secrets.token_urlsafe(32),  # known to nobody: whoever has the code needs no more rights
        R=6,  # revision of the standard security handler: AES-256
        allow=ALLOWED,
    )
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        drop_kept_claim(document)
        document.save(out, encryption=lock, fix_metadata_version=False)  # it stays what it was
    return out.getvalue()
