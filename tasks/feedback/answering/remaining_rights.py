"""What a refusal ends with: the rights that remain, in the language of whoever asked."""

from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.feedback.answering.languages import language_of
from termpost.tasks.home.home import Home


def remaining_rights(home: Home, thread: QueryThread) -> str:
    """Of a recording error a hearing and a statement (34 CFR 99.20 to 99.22), of a grade the school's appeal policy."""
    translator = translator_for(language_of(home, thread), home.calendar.country)
    return translator.text("remaining", "hearing" if thread.kind == "correction" else "appeal")
