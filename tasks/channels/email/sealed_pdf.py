"""A report's PDF under the recipient's access code (ISO 32000-2, AES-256, revision 6), where a school attaches it."""

import io
import secrets

from pypdf import PdfReader, PdfWriter
from pypdf.constants import UserAccessPermissions
from termpost.tasks.secrets.access_codes import grouped, tidy

ALGORITHM = "AES-256"
# reading aloud, printing and copying: a family owns its report, and the bits bind nobody who has the code
ALLOWED = UserAccessPermissions.all() & ~(
    UserAccessPermissions.MODIFY | UserAccessPermissions.ADD_OR_MODIFY | UserAccessPermissions.ASSEMBLE_DOC
)


def seal_pdf(pdf: bytes, code: str) -> bytes:
    """The same document, encrypted; tags and language stay, so that it remains accessible.

    The password is the code as the letter prints it, capitals and dashes included: a PDF viewer compares what is typed
    letter by letter, and what is printed is what most people type. No two calls give the same bytes, for the keys are
    drawn anew. InputError `bad-code` when the code is not one.
    """
    password = grouped(tidy(code))
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(
        user_password=password,
        owner_password=secrets.token_urlsafe(32),  # known to nobody: whoever has the code needs no more rights
        permissions_flag=ALLOWED,
        algorithm=ALGORITHM,
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
