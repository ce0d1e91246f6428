"""A message to the school's own office: counts and our own sentences, through the relay that notices go by."""

import hashlib
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage

from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.channels.email.message import POLICY, Mail
from termpost.tasks.channels.email.relay import relay_of
from termpost.tasks.channels.email.send import Sending
from termpost.tasks.documents.wording import visible
from termpost.tasks.home.home import Home
from termpost.tasks.preflight.ahead import CycleAhead

WHERE = "termpost.toml [checks] mail_to"


def mail_office(home: Home, subject: str, text: str) -> bool:
    """Sends it to `[checks] mail_to`; False where none is given.

    Raises:
        InputError: the relay does not take it, or is not fit; RetryableError where it may later.
    """
    email, recipient = home.settings.channels.email, home.settings.checks.mail_to
    if not recipient or email is None:
        return False
    mail = _mail(home, email.sender, recipient, subject, text)
    with Sending(relay_of(email, home.path, home.environ)) as sending:
        (outcome,) = sending.send([mail])
    if outcome.state == "failed":
        raise InputError("office-mail", "the mail relay refuses the message to the office", WHERE,
                         "correct the address, or ask whoever runs the relay")  # fmt: skip
    if outcome.state != "sent":  # counts may come twice, which harms nobody
        raise RetryableError(f"the message to the office was not taken ({outcome.reason})")
    return True


def _mail(home: Home, sender: str, recipient: str, subject: str, text: str) -> Mail:
    local, _, domain = sender.rpartition("@")
    now = home.clock.today()
    token = hashlib.sha256(f"{now.isoformat()}\n{subject}\n{text}".encode()).hexdigest()[:32]
    message_id = f"<c{token}@{domain}>"  # of no notice, so a bounce of it changes no delivery
    message = EmailMessage(POLICY)
    message.set_content(text)
    headers = {
        "From": Address(visible(home.settings.institution.called), local, domain), "To": recipient,
        "Subject": ("Rehearsal: " if home.is_rehearsal else "") + subject, "Date": now, "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
    }  # fmt: skip
    for name, value in headers.items():
        message[name] = value
    return Mail(message_id, f"c{token}", recipient, message.as_bytes())


def written(ahead: CycleAhead, before: Mapping[tuple[str, str, str], int] | None) -> tuple[str, str]:
    """Subject and text of a check ahead of its cut-off.

    Args:
        before: the counts that were shown last; None: nothing was.
    """
    held = sum(school.held_students for school in ahead.schools)
    asked = sum(count for school in ahead.schools for _, count in school.asked)
    subject = f"Cycle {ahead.cycle_id}: {held} held, {asked} asked"
    lines = [f"The source as it is now, for the cut-off on {ahead.cutoff}. Nothing was loaded.", ""]
    if ahead.outcome == "rejected":
        subject = f"Cycle {ahead.cycle_id}: the extract would be rejected"
        lines += ["As it is, no report could be made. Each of these faults rejects the whole extract:"]
    for school in ahead.schools:
        lines += [
            f"School {school.school}: {counted(school.students, 'student')}, {school.held_students:,} of them held."
        ]
    if not ahead.counts():
        lines += ["Nobody would be held, and nothing is asked or missing."]
    counts, last = ahead.counts(), before or {}
    lines += ["", *(_line(place, count, before) for place, count in counts.items())]
    lines += [f"  gone since last time: {' '.join(place[:2])}, {place[2]} (was {last[place]})"
              for place in last if place not in counts]  # fmt: skip
    lines += [
        "",
        f"{counted(ahead.warnings, 'warning')}. `termpost check EXTRACT --home HOME` names every row and what to do.",
    ]
    return subject, "\n".join(lines) + "\n"


def _line(
    place: tuple[str, str, str], count: int, before: Mapping[tuple[str, str, str], int] | None
) -> str:  # fmt: skip
    school, what, cause = place
    change = "" if before is None or before.get(place) == count else f" (was {before.get(place, 0)})"
    return f"  {school} {what}, {cause}: {count}{change}"
