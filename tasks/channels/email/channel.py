"""E-mail: a notice to a recipient whose locked page is there, handed over at most once (docs/email.md)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.own_domain import is_own
from termpost.schemas.documents.identity import ContactIdentity
from termpost.schemas.documents.notice import Notice, writable
from termpost.schemas.documents.parcel import Parcel, ParcelReport, Plan
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.settings.channels import Email
from termpost.tasks.channels.channel import Addressee, MessageChannel
from termpost.tasks.channels.email.message import Mail, make_mail
from termpost.tasks.channels.email.notice_rules import NoticeWish, notice_wish, with_notices
from termpost.tasks.channels.email.relay import WHERE, connect, relay_of
from termpost.tasks.channels.email.sealed_pdf import seal_pdf
from termpost.tasks.channels.email.send import GROUP, Sending
from termpost.tasks.channels.names import delivery_ids
from termpost.tasks.documents.stamp import stamped
from termpost.tasks.documents.verify.verification_numbers import expected_number, refuse_without_numbers
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.rights.contact_methods import Reachability
from termpost.tasks.secrets.access_codes import grouped, tidy
from termpost.tasks.secrets.verification import VERIFICATION
from termpost.tasks.stage.may_leave import approved_bytes

# reasons of a message that the relay certainly did not take: the next release sends it
PUT_OFF = frozenset({"mail-put-off", "relay-away", "relay-unfit", "resend"})


class EmailChannel(MessageChannel):
    """Sent once the relay took the message; what became of it then, delivery reports say (email/bounces.py)."""

    name = ChannelName.EMAIL
    group = GROUP
    unwritable = "address-unwritable"
    probed_as = "mail"

    def is_open(self, reach: Reachability) -> bool:
        return reach.has_email and not reach.post_only

    def is_left(self, state: CycleState, delivery: str) -> bool:
        return delivery not in state.deliveries or state.failed_for(delivery) in PUT_OFF

    def probe(self, home: Home, wait: float) -> str | None:
        email = home.settings.channels.email
        if email is None:
            return None
        connect(relay_of(email, home.path, home.environ), wait).close()
        return "the mail relay answers under TLS"

    def note(self, addressee: Addressee) -> NoticeWish:
        return notice_wish(addressee)

    def settle(self, plan: Plan, notes: Sequence[NoticeWish], *, in_order: bool) -> Plan:
        return with_notices(plan, notes, by_mail=in_order)

    @contextmanager
    def sending(self, home: Home) -> Iterator[Sending]:
        with Sending(relay_of(_settings(home), home.path, home.environ)) as sending:
            yield sending

    def address(self, person: ContactIdentity) -> str | None:
        return writable(next((reach.email for reach in person.reach if reach.email), "") or "")

    def prepare(
        self, home: Home, cycle: str, parcels: Sequence[Parcel], address: str, codes: AccessCodes, links: Sequence[str],
        *, rehearsal: bool,
    ) -> Mail:  # fmt: skip
        institution, email, language = home.settings.institution, _settings(home), parcels[0].language
        by = {channel for parcel in parcels for channel in parcel.channels}
        until = home.clocks.ask_until(home.today, cycle, by)
        # behind the household's door is all that is live for whoever has the code, so one address does for a mailbox
        portal = home.settings.channels.portal
        ways_in = [portal.base_url] if portal else links
        deliveries = [delivery for parcel in parcels for delivery in delivery_ids(home, parcel, self.name)]
        notice = Notice(
            language=language,
            school_language=institution.languages[0],
            country=home.calendar.country,
            reviewed=home.settings.languages.reviewed,
            school=institution.called,
            colour=institution.colours.primary,
            reports=len({report.report for parcel in parcels for report in parcel.reports}),
            link=ways_in[0],
            more_links=tuple(ways_in[1:]),
            query_until=until,
            answer_by=home.clocks.answered_by(until),
            ask=asked_in(home.settings, language, words_of_home(home.path, (language,))),
            own_office=asked_in(home.settings, language).name,
            sender=email.sender,
            recipient=address,
            deliveries=(*deliveries, *(("rehearsal",) if rehearsal else ())),
            list_id=f"progress-reports.{email.sender.rpartition('@')[2]}",
            written_at=home.clock.today(),
        )
        inside = [(parcel, report) for parcel in parcels for report in parcel.reports] if email.attach_pdf else []
        return make_mail(notice, [attached_pdf(home, report, parcel, codes) for parcel, report in inside])

    def takes_rehearsal(self, home: Home, address: str) -> bool:
        """Within the institution's domain only: a notice is for a family's eyes or the school's."""
        own = home.settings.institution.email_domain
        if home.settings.channels.email is None:
            raise InputError("no-mail", "there is no relay to rehearse with", WHERE,
                             "set the channel up, or look at `termpost proof`")  # fmt: skip
        if writable(address) != address or not is_own(address, own):
            raise InputError("address-not-ours", "a rehearsal goes to an address of the institution", "--rehearse",
                             "give one at [institution] email_domain")  # fmt: skip
        return True


def _settings(home: Home) -> Email:
    """InputError where there are none by now."""
    email = home.settings.channels.email
    if email is None:
        raise InputError("no-mail", "there is no relay to send by", WHERE, "set the channel up")
    return email


def attached_pdf(home: Home, report: ParcelReport, parcel: Parcel, codes: AccessCodes) -> bytes:
    """With the mark that the law of the place wants there; locked, and opened again as its recipient will: what they
    show to somebody is verified by its number.

    Raises:
        InputError: `unstamped-page`, where the number that belongs to it is not in it.
    """
    code = codes.of(parcel.recipient)
    pdf = approved_bytes(home, report, parcel.language, "pdf")
    if report.not_for_enrolment:
        mark = translator_for(parcel.language).text("records", "not_for_enrolment")
        pdf = stamped(pdf, mark, parcel.language, home.today, across=False)
    locked = seal_pdf(pdf, code)
    if report.is_verifiable:
        number = expected_number(home.keys.derive(VERIFICATION), report.report, report.version)
        refuse_without_numbers(locked, {number}, grouped(tidy(code)))
    return locked


CHANNEL: Final = EmailChannel()
