"""One mail of a family becomes a query: its words sealed, and an entry that says how it came."""

import hashlib
from collections.abc import Container, Iterable

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.channels.email.mailbox.mail_head import MailHead
from termpost.tasks.channels.email.mailbox.mail_words import MailWords
from termpost.tasks.channels.email.mailbox.senders import MailAbout
from termpost.tasks.documents.wording import visible
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note

VIA = "email"
LONGEST_SUBJECT = 300  # characters


def query_of(head: MailHead, sender: PersonRef) -> str:
    """By the message's own id and who sent it, so that a replay is known, and nobody can take another's."""
    return "q" + hashlib.sha256(f"{head.message_id}\n{sender}".encode()).hexdigest()[:12]


def take_mail(home: Home, head: MailHead, words: MailWords, whom: MailAbout) -> Entry:
    """Keeps the words under the student's key, or the sender's where nobody can tell which student it is about: then
    the office assigns it. The same mail again keeps the same.

    The entry has neither a last day nor an answer to whether the sender has the right: whoever calls asks both.
    """
    query = query_of(head, whom.sender)
    if whom.student is not None and not home.people.is_known(whom.student):  # erased since the extract came
        whom = MailAbout(whom.sender)
    person, key = whom.student or whom.sender, f"notes/{query}/query.sealed"
    digest = keep_note(home, person, key, written(head, words))
    return Entry(
        kind="query_received", student=whom.student, recipient=whom.sender, query=query, reason="question", via=VIA,
        report=whom.report, version=whom.version, object=key, digest=digest,
    )  # fmt: skip


def answered_thread(whom: MailAbout, answered: Iterable[Logged], known: Container[str | None]) -> Logged | None:
    """The message of ours about a query of theirs that a mail answers: its words go into that thread. What was sent to
    anybody else opens nothing, whoever answers it.

    Args:
        known: ids of queries that the log has.
    """
    return next((one for one in answered if one.query in known and one.recipient == whom.sender), None)


def take_reply(home: Home, head: MailHead, words: MailWords, whom: MailAbout, to: Logged) -> Entry:
    """Keeps the words as a reply in the thread of a query: it is open again, with a clock that whoever calls sets."""
    person = PersonRef(to.student) if to.student and home.people.is_known(PersonRef(to.student)) else whom.sender
    key = reply_key(head, whom, to)
    digest = keep_note(home, person, key, written(head, words))
    return Entry(
        kind="query_noticed", student=to.student, recipient=whom.sender, query=to.query, reason="replied", via=VIA,
        object=key, digest=digest,
    )  # fmt: skip


def reply_key(head: MailHead, whom: MailAbout, to: Logged) -> str:
    """By the message's own id: the same mail again is known by it."""
    return f"notes/{to.query}/reply-{query_of(head, whom.sender)[1:]}.sealed"


def written(head: MailHead, words: MailWords) -> str:
    """What staff read: the subject, the words, and what was not taken along."""
    said = [f"Subject: {visible(head.subject)[:LONGEST_SUBJECT].strip() or '-'}", words.text or "(no words)"]
    if words.is_cut:
        said.append("(It goes on: the rest lies in the mailbox.)")
    if words.attachments:
        said.append(f"(Attachments that were not opened: {words.attachments}. They lie in the mailbox.)")
    return "\n\n".join(said)
