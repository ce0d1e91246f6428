"""By when to ask, by when one is answered, and that no such day ends a right: on whatever a release makes."""

from datetime import date

from termpost.tasks.documents.wording import Translator


def asking_words(translator: Translator, name: str, until: date, answer_by: date | None) -> str:
    """For a letter or a message.

    Args:
        name: whom they ask.
        until: the last day, counted from the day on which this goes.
        answer_by: the last day for the answer; None: nothing is said of it.
    """
    said = [translator.text("letter", "questions", name=name, until=translator.day(until))]
    if answer_by is not None:
        said.append(translator.text("letter", "answered", day=translator.day(answer_by)))
    said.append(translator.text("letter", "any_time"))
    return translator.paragraph(said)
