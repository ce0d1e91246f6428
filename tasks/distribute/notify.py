"""The channel e-mail: a notice to a recipient whose locked page is there, handed over at most once (docs/email.md)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity
from termpost.schemas.documents.notice import Notice, writable
from termpost.schemas.documents.parcel import Parcel, ParcelReport
from termpost.schemas.documents.report import Contact
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.schemas.settings.settings import Email
from termpost.tasks.channels.email.message import Mail, make_mail
from termpost.tasks.channels.email.relay import relay_of
from termpost.tasks.channels.email.sealed_pdf import seal_pdf
from termpost.tasks.channels.email.send import GROUP, Outcome, Sending
from termpost.tasks.distribute.deliver import delivery_id, refuse_stopped
from termpost.tasks.distribute.parcel_files import approved_bytes, link_of, query_until
from termpost.tasks.distribute.plan import is_open
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes

FEW = 10  # messages of which a crash may leave it open whether they were sent, where there are not many
TOGETHER = 20  # outcomes that one segment of the log records
UNWRITABLE, UNRECORDED = "address-unwritable", "no-record"


def settle_intents(home: Home, run: str, cycle: str) -> int:
    """A message that was to be sent, and of which nothing more is known, is uncertain: it is never sent by itself.

    Only for a run that has the cycle's turn: otherwise the message may be on its way right now.
    """
    state = home.state(cycle)
    open_ones = [
        entry.model_copy(update={"kind": "uncertain", "actor": "pipeline", "reason": UNRECORDED})
        for entry in state.intents.values()
    ]
    home.log.append(run, open_ones)
    return len(open_ones)


def notify(
    home: Home, run: str, cycle: str, parcels: Sequence[Parcel], people: dict[PersonRef, ContactIdentity]
) -> Counter[str]:
    """Sends what may be sent of these parcels; returns how many deliveries ended in each state.

    Groups of at most GROUP messages: an intent for each into the log, then the messages, then what became of each. A
    crash leaves one group uncertain at most, so few messages go in small groups and many in few segments of the log.

    Raises:
        InputError: the relay is not what it should be; what was not sent is sent by the next release.
        Refused: somebody stopped the cycle.
    """
    email = home.settings.channels.email
    mine = [parcel for parcel in parcels if "email" in parcel.channels]
    size = min(GROUP, max(FEW, len(mine) // 20))
    counts: Counter[str] = Counter()
    if email is None or not mine:
        return counts
    codes = AccessCodes(home, home.standing())
    with Sending(relay_of(email, home.path, home.environ)) as sending:
        for first in range(0, len(mine), size):
            group = mine[first : first + size]
            state = home.state(cycle)
            refuse_stopped(state)
            # a task that Prefect tries again comes by here with messages that were sent the first time
            left = [parcel for parcel in group if all(is_open(state, "email", d) for d in _deliveries(home, parcel))]
            counts += _send(home, run, state, email, left, people, codes, sending)
    return counts


def _send(
    home: Home, run: str, state: CycleState, email: Email, group: Sequence[Parcel],
    people: dict[PersonRef, ContactIdentity], codes: AccessCodes, sending: Sending,
) -> Counter[str]:  # fmt: skip
    mails: dict[str, tuple[Mail, Parcel]] = {}
    intents, failed = [], []
    for parcel in group:
        address = _address(people[PersonRef(parcel.recipient)])
        said = list(_entries(home, state, parcel))
        intents += said
        if address is None:
            failed += [entry.model_copy(update={"kind": "failed", "reason": UNWRITABLE}) for entry in said]
        else:
            mail = mail_to(home, state.cycle, email, parcel, address, codes)
            mails[mail.message_id] = (mail, parcel)
    home.log.append(run, intents + failed)
    counts = Counter({"failed": len(failed)})
    waiting: list[Entry] = []
    try:
        for outcome in sending.send([mail for mail, _ in mails.values()]):
            entries = [
                entry.model_copy(update=_said(outcome)) for entry in _entries(home, state, mails[outcome.message_id][1])
            ]
            counts[entries[0].kind] += len(entries)
            waiting += entries
            if len(waiting) >= TOGETHER:
                home.log.append(run, waiting)
                waiting = []
    finally:
        home.log.append(run, waiting)
    return counts


def _said(outcome: Outcome) -> dict[str, str | None]:
    """`later` is a failure of this attempt: its reason says that the next release tries again."""
    kind = "failed" if outcome.state == "later" else outcome.state
    return {"kind": kind, "reason": outcome.reason or None}


def _deliveries(home: Home, parcel: Parcel) -> tuple[str, ...]:
    return tuple(delivery_id(home, parcel, "email", r.report, r.version) for r in parcel.reports)


def _entries(home: Home, state: CycleState, parcel: Parcel) -> Iterator[Entry]:
    """An intent for each report that the notice is about; a second attempt says so."""
    for report, delivery in zip(parcel.reports, _deliveries(home, parcel), strict=True):
        yield Entry(
            kind="planned", cycle=state.cycle, report=report.report, version=report.version, student=report.student,
            recipient=parcel.recipient, channel="email", delivery=delivery, reason=report.rule,
            count=state.attempt(delivery),
        )  # fmt: skip


def _address(person: ContactIdentity) -> str | None:
    """None where it cannot be written on a message."""
    return writable(next((reach.email for reach in person.reach if reach.email), "") or "")


def mail_to(
    home: Home, cycle: str, email: Email, parcel: Parcel, address: str, codes: AccessCodes, *, rehearsal: bool = False
) -> Mail:
    """The message about a parcel to a writable address. A rehearsal's has an id of its own, so that no mailbox takes
    the real one for a copy."""
    institution = home.settings.institution
    notice = Notice(
        language=parcel.language,
        school_language=institution.languages[0],
        school=institution.called,
        colour=institution.colours.primary,
        reports=len(parcel.reports),
        link=link_of(home, parcel),
        query_until=query_until(home, cycle),
        ask=institution.ask or Contact(name=institution.name),
        sender=email.sender,
        recipient=address,
        deliveries=(*_deliveries(home, parcel), *(("rehearsal",) if rehearsal else ())),
        list_id=f"progress-reports.{email.sender.rpartition('@')[2]}",
        written_at=home.clock.today(),
    )
    attached = [_attached(home, report, parcel, codes) for report in parcel.reports] if email.attach_pdf else []
    return make_mail(notice, attached)


def _attached(home: Home, report: ParcelReport, parcel: Parcel, codes: AccessCodes) -> bytes:
    return seal_pdf(approved_bytes(home, report, parcel.language, "pdf"), codes.of(parcel.recipient))
