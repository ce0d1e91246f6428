"""The portal: a recipient opens a locked page with their access code, for as long as it is not taken back."""

from collections.abc import Sequence
from typing import Final

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.languages import FORMATS
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.parcel import Parcel, ParcelReport
from termpost.schemas.documents.receipt import sealed_place
from termpost.tasks.channels.channel import ExpectedParcel, FileChannel, ParcelContents, TakenFile
from termpost.tasks.channels.names import content_name
from termpost.tasks.channels.portal.door.messages import messages_wish
from termpost.tasks.channels.portal.office_contact import office_contact, office_hours
from termpost.tasks.channels.portal.receipts import receipt_wish
from termpost.tasks.channels.portal.reopen import OpenedReport, PageContent, reopen, students_in_sealed
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.channels.portal.take_back import take_back
from termpost.tasks.documents.verify.verification_numbers import refuse_other_number
from termpost.tasks.home.home import Home
from termpost.tasks.rights.contact_methods import Reachability


class PortalChannel(FileChannel):
    """Delivered once the page is where the portal shows it; opened where the page says so (portal/receipts.py)."""

    name = ChannelName.PORTAL
    is_page = True
    file = "page.html"
    arrives_as = "delivered"
    counted_as = "pages"

    def is_open(self, reach: Reachability) -> bool:
        """Where there is a way to hand over its link."""
        return not reach.post_only and (reach.has_address or reach.has_email or reach.in_person or reach.by_hand)

    def prepare(self, contents: ParcelContents) -> bytes:
        home, parcel = contents.home, contents.parcel
        together = enumerate(zip(parcel.reports, contents.renditions, strict=True), start=1)
        parts = [
            SealedReport(contents.name_on(report), page, pdf, f"{contents.cycle}-{number}.pdf")
            for number, (report, (page, pdf)) in together
        ]
        # after all reports, whose places on the page the log knows
        parts += [
            SealedReport(contents.insert_title(report), *insert, f"{contents.cycle}-{number}-plan.pdf", is_insert=True)
            for number, (report, insert) in enumerate(contents.with_inserts, start=1)
        ]
        name = content_name(home, parcel)
        return seal(
            parts,
            code=contents.code,
            recipient=parcel.recipient,
            delivery=name,
            school=home.settings.institution.name,
            language=parcel.language,
            query_until=home.clocks.ask_until(home.today, contents.cycle, parcel.channels),
            receipt=receipt_wish(home, parcel.recipient, name),
            messages=messages_wish(home),
            contact=office_contact(home.settings, office_hours(home.calendar, parcel.language)),
        )

    def reopen(self, file: bytes, code: str) -> set[str]:
        return students_in_sealed(file, code)

    def compare(self, file: bytes, expected: ExpectedParcel) -> None:
        content = reopen(file, expected.code)
        reports = tuple(part for part in content.parts if not part.is_insert)
        _compare_bytes(expected, reports)
        _compare_inserts(expected, content.parts[len(reports) :])
        for part, number in zip(reports, expected.numbers, strict=True):
            refuse_other_number(part.page, part.pdf, number)
        _compare_days(expected.home, content)
        _compare_receipt(expected.home, content)

    def place(self, home: Home, cycle: str, parcel: Parcel) -> str:  # noqa: ARG002 - one page serves every cycle
        return sealed_place(parcel.recipient, content_name(home, parcel))

    def take_back(self, home: Home, run: str, actor: str, taken: TakenFile) -> bool:
        return take_back(home, run, actor, taken)

    def said_of_withdrawn(self, count: int) -> str:
        return counted(count, "page says so", "pages say so")

    def link(self, home: Home, parcel: Parcel) -> str:
        portal = home.settings.channels.portal
        return f"{portal.base_url}/{parcel.recipient}/{content_name(home, parcel)}" if portal else ""


def _compare_bytes(expected: ExpectedParcel, parts: Sequence[OpenedReport]) -> None:
    for report, part in zip(expected.parcel.reports, parts, strict=True):
        for kind, data in zip(FORMATS, (part.page, part.pdf), strict=True):
            approved = report.rendition(expected.parcel.language, kind).digest
            _compare_one(expected, report, data, approved)


def _compare_inserts(expected: ExpectedParcel, parts: Sequence[OpenedReport]) -> None:
    """What goes along, as approved, behind the reports and in their order."""
    language = expected.parcel.language
    wanted = [(report, approved) for report in expected.parcel.reports if (approved := report.insert(language))]
    if len(parts) != len(wanted) or not all(part.is_insert for part in parts):
        raise Refused("incomplete-parcel", "a sealed page has not what goes along with its reports",
                      "the outgoing area", "nothing was sent; release again")  # fmt: skip
    for (report, approved), part in zip(wanted, parts, strict=True):
        for one, data in zip(approved, (part.page, part.pdf), strict=True):
            _compare_one(expected, report, data, one.digest)


def _compare_one(expected: ExpectedParcel, report: ParcelReport, data: bytes, approved: str) -> None:
    if expected.home.people.digest(PersonRef(report.student), data) != approved:
        raise Refused(
            "bytes-changed",
            "a sealed report is not the approved one",
            "the outgoing area",
            "nothing was sent; release again",
        )


def _compare_days(home: Home, content: PageContent) -> None:
    """Nobody is told to ask by a day that is over."""
    if content.query_until < home.today:
        raise Refused("day-past", "a sealed page says that questions were due before today", "the outgoing area",
                      "nothing was sent; release again")  # fmt: skip


def _compare_receipt(home: Home, content: PageContent) -> None:
    """A page may tell the school that it was opened, and nobody else; what a family writes goes to it alone."""
    if content.receipt != receipt_wish(home, content.recipient, content.delivery):
        raise Refused("wrong-receipt", "a sealed page would post its receipt where it should not", "the outgoing area",
                      "nothing was sent; release again")  # fmt: skip
    if content.messages != messages_wish(home):
        raise Refused("wrong-messages", "a sealed page would send what a family writes where it should not",
                      "the outgoing area", "nothing was sent; release again")  # fmt: skip


CHANNEL: Final = PortalChannel()
