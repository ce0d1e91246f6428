"""Short notices to families and staff: by e-mail, where that is not known by a text message, else for a letter."""

from collections import Counter
from collections.abc import Iterable, Sequence

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.plain_notice import PlainMail, PlainNotice
from termpost.schemas.log.notices.plain_deliveries import BY_MAIL, KINDS_OF_PLAIN, TEXT, PlainDeliveries, by_text
from termpost.schemas.settings.channels import Email
from termpost.tasks.channels.email.message import Mail
from termpost.tasks.channels.email.plain.hand_over import PlainDelivery, hand_over, settle_plain_intents
from termpost.tasks.channels.email.plain.message import make_plain_mail
from termpost.tasks.channels.email.plain.reach import NoticeWay, staff_addresses, ways_of
from termpost.tasks.channels.email.relay import relay_of
from termpost.tasks.channels.email.send import Sending
from termpost.tasks.channels.email.texts.send import texting, texts_to
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.cycle_locks import locked
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import writer_ref

LOCK = "plain-mail"
PAPER = "paper"  # not reached: a letter is due
BEFORE = "known"  # sent, or decided, by an earlier call


def send_plain(home: Home, run: str, mails: Sequence[PlainMail]) -> Counter[str]:
    """Tells each of them once that something waits; the rights were asked by whoever calls this.

    Returns how many ended as sent, failed, later (the next call sends it), uncertain (never sent again), paper (whoever
    has no e-mail, may not be written to, or wants no notices: `PlainDeliveries.letters_due`) and known (of before).

    Raises:
        InputError: the relay or the hook is not what it should be; RetryableError where it is away. Nothing is lost:
            the same call again goes on.
    """
    with locked(home, LOCK):
        before = _told(home)
        if settle_plain_intents(home, run, before):
            before = _told(home)
        named = {_delivery(home, mail): mail for mail in mails}
        left = {delivery: mail for delivery, mail in named.items() if before.is_left_in_all(delivery)}
        counts = Counter({BEFORE: len(mails) - len(left)})
        ways = _ways(home, list(left.values()))
        waiting = [PlainDelivery(mail, delivery, ChannelName.EMAIL, before.attempts[delivery] + 1)
                   for delivery, mail in left.items()]  # fmt: skip
        by_mail = [one for one in waiting if ways[one.mail].email]
        others = [one for one in waiting if not ways[one.mail].email]
        # first, so that a letter is due even where the relay is away
        home.log.append(run, [one.entry("failed", ways[one.mail].rule) for one in others])
        counts += _by_text(home, run, others, ways, before)
        counts += _by_mail(home, run, by_mail, ways)
    return +counts


def untold(home: Home, mails: Iterable[PlainMail]) -> set[PlainMail]:
    """Those that `send_plain` would send, or find nobody's way for; the others it knows of an earlier call."""
    before = _told(home)
    return {mail for mail in mails if before.is_left_in_all(_delivery(home, mail))}


def _told(home: Home) -> PlainDeliveries:
    return PlainDeliveries.fold(home.log.entries(*KINDS_OF_PLAIN))


def _delivery(home: Home, mail: PlainMail) -> str:
    """Keyed by who it goes to, so nobody can guess it."""
    who = writer_ref(home, mail.staff) if mail.staff else mail.to_ref
    return BY_MAIL + home.people.name(PersonRef(who or ""), "plain", mail.key)


def _ways(home: Home, mails: Sequence[PlainMail]) -> dict[PlainMail, NoticeWay]:
    families = ways_of(home, {mail.to_ref for mail in mails if mail.to_ref})
    staff = staff_addresses(home, [mail.staff for mail in mails if mail.staff])
    has_relay = home.settings.channels.email is not None
    found = {}
    for mail in mails:
        if mail.to_ref:
            way = families[mail.to_ref]
        else:
            address = staff[mail.staff] if mail.staff else None
            way = NoticeWay("may-notify" if address else "no-email", address)
        found[mail] = way if has_relay or not way.email else NoticeWay("no-relay")
    return found


def _by_mail(
    home: Home, run: str, waiting: Sequence[PlainDelivery], ways: dict[PlainMail, NoticeWay]
) -> Counter[str]:  # fmt: skip
    email = home.settings.channels.email
    if email is None or not waiting:
        return Counter()
    messages = [(_mail(home, email, one, ways[one.mail].email or ""), one) for one in waiting]
    with Sending(relay_of(email, home.path, home.environ)) as sending:
        return hand_over(home, run, sending, messages)


def _by_text(
    home: Home, run: str, others: Sequence[PlainDelivery], ways: dict[PlainMail, NoticeWay], before: PlainDeliveries
) -> Counter[str]:  # fmt: skip
    """To the phones of those who have no e-mail, where the school has a way; who is left is for a letter."""
    sms = home.settings.notices.sms
    to = [
        (PlainDelivery(one.mail, by_text(one.delivery), TEXT, before.attempts[by_text(one.delivery)] + 1), phone)
        for one in others if sms and (phone := ways[one.mail].phone) and before.is_left(by_text(one.delivery))
    ]  # fmt: skip
    counts = Counter({PAPER: sum(one.mail.to_ref is not None for one in others) - len(to)})
    counts["failed"] = sum(one.mail.staff is not None for one in others)
    if sms is not None and to:
        with texting(home, sms) as messenger:
            texts = texts_to(home, sms, [(one.delivery, one.mail.language, phone) for one, phone in to])
            counts += hand_over(home, run, messenger, list(zip(texts, (one for one, _ in to), strict=True)))
    return counts


def _mail(home: Home, email: Email, one: PlainDelivery, address: str) -> Mail:
    institution, portal = home.settings.institution, home.settings.channels.portal
    asked = asked_in(home.settings, one.mail.language, words_of_home(home.path, (one.mail.language,)))
    return make_plain_mail(
        PlainNotice(
            kind=one.mail.kind, language=one.mail.language, school_language=institution.languages[0],
            reviewed=home.settings.languages.reviewed, country=home.calendar.country, school=institution.called,
            colour=institution.colours.primary, link=portal.base_url if portal and one.mail.to_ref else None,
            due=one.mail.due, count=one.mail.count, lines=one.mail.lines, ask=asked,
            sender=email.sender, recipient=address, delivery=one.delivery,
            list_id=f"school-notices.{email.sender.rpartition('@')[2]}", calendar=one.mail.calendar_part,
            written_at=home.clock.today(),
        )
    )  # fmt: skip
