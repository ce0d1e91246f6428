"""What a refusal ends with: the rights that remain, in the language of whoever asked."""

from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.documents.words.dispute_words import Dispute, dispute_words
from termpost.tasks.feedback.answering.languages import language_of
from termpost.tasks.home.home import Home


def remaining_rights(home: Home, thread: QueryThread) -> str:
    """Of a recording error a hearing and a statement (34 CFR 99.20 to 99.22), of a grade the school's appeal policy."""
    dispute: Dispute = "correction" if thread.kind == "correction" else "grade-dispute"
    return " ".join(dispute_words(home.settings, dispute, language_of(home, thread), home.calendar.country))
