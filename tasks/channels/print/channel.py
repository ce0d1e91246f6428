"""Print: one envelope a recipient, with a letter that gets the days of asking when the office prints it."""

from typing import Final

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.counted import counted
from termpost.schemas.base.envelope import EnvelopeSize
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import Reach
from termpost.schemas.documents.letter import Letter, LetterSlip
from termpost.schemas.documents.parcel import Parcel
from termpost.schemas.documents.report import School
from termpost.schemas.log.cycle_state import RETURNED, CycleState
from termpost.tasks.channels.channel import ExpectedParcel, FileChannel, ParcelContents, TakenFile
from termpost.tasks.channels.names import content_name
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.channels.print.envelope_status import GONE
from termpost.tasks.channels.print.laid_places import LETTER_PAGES, rooms_in
from termpost.tasks.channels.print.reopen import students_in_envelope
from termpost.tasks.channels.print.take_back import take_back
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.documents.postal_address import postal_lines, posted_from
from termpost.tasks.documents.typesetting import UNPRINTABLE
from termpost.tasks.documents.verify.letter_lines import letter_contains, shows_code
from termpost.tasks.documents.verify.printed_slips import slips_printed_on, squares_printed_on
from termpost.tasks.documents.verify.verification_numbers import refuse_without_numbers
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.home.home import Home
from termpost.tasks.home.slip_numbers import slip_number
from termpost.tasks.rights.contact_methods import Reachability


class PrintChannel(FileChannel):
    """Sent once the envelope is where the office prints it; what becomes of it the office says (print/record.py)."""

    name = ChannelName.PRINT
    by_post = True
    file = "envelope.pdf"
    arrives_as = "sent"
    failures = frozenset({UNPRINTABLE})
    counted_as = "envelopes"

    def is_open(self, reach: Reachability) -> bool:
        return reach.has_address or reach.by_hand

    def is_left(self, state: CycleState, delivery: str) -> bool:
        if state.reasons.get(delivery) == RETURNED:
            return False  # to the same address again it would come back again: the office resolves it
        return super().is_left(state, delivery)

    def prepare(self, contents: ParcelContents) -> bytes:
        inserts = [insert[1] if insert else b"" for insert in contents.inserts]
        return make_envelope(_letter(contents), [pdf for _, pdf in contents.renditions], inserts)

    def reopen(self, file: bytes, code: str) -> set[str]:  # noqa: ARG002 - an envelope is not encrypted
        return students_in_envelope(file)

    def compare(self, file: bytes, expected: ExpectedParcel) -> None:
        """The first page names the recipient and an address on record for one of these students or that it is handed
        over; it has room for the days of asking once, and their access code is on no page. Reports have their
        numbers, and where families are asked to acknowledge, the letter has the slips of these and of no others."""
        refuse_without_numbers(file, [number for number in expected.numbers if number])
        identity, students = expected.identity, {report.student for report in expected.parcel.reports}
        reach = [one for one in identity.reach if one.student in students] if identity else []
        addresses = [letter_address(expected.home, one, expected.parcel.language) for one in reach]
        pages = read_pages(file)
        name, text = identity.name if identity else "", pages[0].text
        is_right = letter_contains(file, 0, text, [(name, *address) for address in addresses])
        rooms = rooms_in(file)
        has_days = [room for _, room in rooms] == ["days"] and rooms[0][0] < LETTER_PAGES
        slips = slips_printed_on(file, [page.text for page in pages[:LETTER_PAGES]], expected.slips)
        if not is_right or not has_days or any(shows_code(page.text, expected.code) for page in pages):
            raise Refused(
                "wrong-letter",
                "a letter is not addressed to its recipient",
                "the outgoing area",
                "nothing was sent; tell the developers, this must not happen",
            )
        if not slips == squares_printed_on(file, range(LETTER_PAGES)) == expected.slips:
            raise Refused(
                "wrong-slip",
                "a letter has not the slips of its own reports",
                "the outgoing area",
                "nothing was sent; tell the developers, this must not happen",
            )

    def place(self, home: Home, cycle: str, parcel: Parcel) -> str:
        return f"print/{parcel.reports[0].school}/{cycle}/{parcel.recipient}-{content_name(home, parcel)[:8]}.pdf"

    def lies_open(self, state: str, reason: str) -> bool:
        """Until it was posted or handed over."""
        return state in ("planned", "sent") and reason not in GONE

    def take_back(self, home: Home, run: str, actor: str, taken: TakenFile) -> bool:
        return take_back(home, run, actor, taken)

    def said_of_withdrawn(self, count: int) -> str:
        return f"{counted(count, 'envelope')} removed"


def letter_address(home: Home, reach: Reach, language: str) -> tuple[str, ...]:
    """The lines under the name; an envelope without an address is handed over, and says so."""
    return postal_lines(reach, posted_from(home)) or (translator_for(language).text("code_letter", "by_hand"),)


def envelope_size(home: Home, parcel: Parcel | None) -> EnvelopeSize | None:
    """What the parcel goes out in; None where it is not printed."""
    return home.settings.channels.print.envelope if parcel and CHANNEL.name in parcel.channels else None


def _letter(contents: ParcelContents) -> Letter:
    home, parcel = contents.home, contents.parcel
    institution, first = home.settings.institution, parcel.reports[0]
    reach = next((r for r in contents.identity.reach if r.student == first.student), None)
    if reach is None:
        raise Refused(
            "wrong-student",
            "a parcel holds a student its recipient is no contact of",
            "the plan",
            "nothing was sent; tell the developers, this must not happen",
        )
    return Letter(
        recipient_name=contents.identity.name,
        address=letter_address(home, reach, parcel.language),
        school=School(
            name=contents.school_names[first.school],
            institution=institution.name,
            colour=institution.colours.primary,
        ),
        return_address=institution.address,
        cycle_title=contents.cycle_title or institution.called,
        students=tuple(contents.name_on(report) for report in parcel.reports),
        inserts=tuple(contents.insert_title(report) for report, _ in contents.with_inserts),
        link=contents.link,
        codes_by=home.settings.codes.by,
        slips=_slips(contents),
        query_until=(until := home.clocks.ask_until(home.today, contents.cycle, parcel.channels)),
        answer_by=home.clocks.answered_by(until),
        days_follow=True,
        ask=asked_in(home.settings, parcel.language, contents.words),
        envelope=home.settings.channels.print.envelope,
        language=parcel.language,
        country=home.calendar.country,
        note=note_of(home.settings, parcel.language, contents.words),
    )


def _slips(contents: ParcelContents) -> tuple[LetterSlip, ...]:
    """One for each report that they are asked to say they have read."""
    home, parcel = contents.home, contents.parcel
    return tuple(
        LetterSlip(
            student=contents.students[PersonRef(report.student)].name,
            number=slip_number(home, report.report, report.version, parcel.recipient),
        )
        for report in parcel.reports if home.settings.feedback.asks_to_acknowledge(report.rule)
    )  # fmt: skip


CHANNEL: Final = PrintChannel()
