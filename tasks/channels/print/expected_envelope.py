"""What the record says of an envelope, asked from the recipient's side, for whoever reads the finished pack back."""

from collections.abc import Container

from termpost.schemas.base.languages import first_language
from termpost.schemas.base.refs import PersonRef, ReportVersion
from termpost.schemas.documents.identity import ContactIdentity
from termpost.schemas.documents.pack import PackedEnvelope
from termpost.tasks.channels.print.channel import letter_address
from termpost.tasks.channels.print.compose import STRIP, EnvelopeContents
from termpost.tasks.channels.print.gather import SchoolPrint
from termpost.tasks.channels.print.recheck import ExpectedEnvelope
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.documents.verify.printed_slips import expected_slip
from termpost.tasks.documents.verify.verification_numbers import expected_number
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.rights.second_reading import allowed_to, plans_of
from termpost.tasks.secrets.verification import VERIFICATION


def expected_envelope(
    home: Home, school: SchoolPrint, envelope: PackedEnvelope, contents: EnvelopeContents, codes: AccessCodes,
    verifiable: Container[ReportVersion],
) -> ExpectedEnvelope:  # fmt: skip
    """Whose reports may they have, where do they live, and by which numbers are the reports verified.

    Args:
        verifiable: report versions of which the log says that the portal can be asked.
    """
    recipient, known, secret = PersonRef(envelope.recipient), school.known, home.keys.derive(VERIFICATION)
    identity = known.recipients[recipient]
    rights, apart = home.settings.rights, home.law.other_parent()
    allowed = allowed_to(recipient, identity, known.students, known.decisions, known.day, rights)
    return ExpectedEnvelope(
        mark=contents.mark,
        allowed=allowed,
        plans=plans_of(recipient, allowed, known.students, known.day, rights, waits_apart=apart is not None),
        students=frozenset(PersonRef(report.student) for report in envelope.reports),
        letter=(identity.name, *_address(home, identity, envelope)),
        enclosed=tuple(page.text for document in contents.enclosed for page in read_pages(document, STRIP)),
        laid=tuple(words.text for words in contents.words.values()),
        code=codes.of(recipient),
        slips=frozenset(
            expected_slip(home.people.key(recipient), one.report, one.version) for one in envelope.reports
        ),
        numbers=frozenset(
            expected_number(secret, one.report, one.version)
            for one in envelope.reports if (one.report, one.version) in verifiable
        ),
    )  # fmt: skip


def letter_language(home: Home, identity: ContactIdentity, envelope: PackedEnvelope) -> str:
    """That of the envelope, as it was chosen for the reports in it."""
    inside = {report.student for report in envelope.reports}
    asked = [row.language for row in sorted(identity.reach, key=lambda row: row.student not in inside)]
    return first_language(asked, home.settings.institution.languages)


def _address(home: Home, identity: ContactIdentity, envelope: PackedEnvelope) -> tuple[str, ...]:
    """The lines under the name, in the recipient's language where there is no address."""
    return letter_address(home, identity.reach[0], letter_language(home, identity, envelope))
