"""The form a family fills in by hand (sections 4.4 and 8 of the procedure): a question, a correction or a meeting."""

from collections.abc import Sequence
from datetime import date

from termpost.schemas.settings.days.cycles import CycleDates
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.qr_code import qr_code
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.home.slip_numbers import square_text
from termpost.tasks.papers.schedule import contact_lines


class FormPart(PaperPart):
    """The one part of the form."""

    to_return: VisibleText
    promise: VisibleText  # in how many days the school answers
    slip: VisibleText  # the number that says which report and whose; empty on a form for anybody
    square: str  # SVG
    square_alt: VisibleText
    acknowledges: bool  # the school asks families to say that they have read a report
    contact: tuple[VisibleText, ...]
    address: tuple[VisibleText, ...]


def make_feedback_form(
    settings: Settings, cycle: CycleDates | None, today: date, country: str = "", languages: Sequence[str] = (),
    slips: Sequence[str] = (), words: HomeWords = NO_WORDS,
) -> bytes:  # fmt: skip
    """An empty form on one page, in each of these languages or in the school's own, PDF/UA-1.

    With a cycle it says until when it is taken.

    Args:
        slips: one for each language, where each form is for one person: the number that it carries, as a square too.
    """
    spoken = languages or settings.institution.languages[:1]
    numbers = slips or [""] * len(spoken)
    parts = [_part(settings, cycle, country, *one, words) for one in zip(spoken, numbers, strict=True)]
    frame, dated = parts[0].frame, cycle.release if cycle else today
    if frame is None:
        raise TypeError("a form has a frame of its own")
    return set_paper("feedback_form.typ", frame, parts, {}, dated)


def _part(
    settings: Settings, cycle: CycleDates | None, country: str, language: str, slip: str, words: HomeWords
) -> FormPart:
    translator = translator_for(language, country)
    title = translator.text("feedback_form", "title")
    kind = translator.text("schedule", f"kind_{cycle.kind}") if cycle else ""
    name = asked_in(settings, language, words).name
    back = translator.text("feedback_form", "back", name=name)
    if cycle:
        back = translator.text("feedback_form", "back_until", name=name, until=translator.day(cycle.query_until))
    return FormPart(
        frame=frame_of(settings, translator, language, title, kind),
        labels=translator.labels("feedback_form"),
        translated=note_of(settings, language, words),
        school=settings.institution.name,
        name=title,
        running=title,
        stamp=" · ".join(word for word in (settings.institution.called, cycle.id if cycle else "") if word),
        to_return=back,
        promise=translator.plural("feedback_form", "promise", settings.feedback.staff_days),
        slip=slip,
        square=qr_code(square_text(slip)) if slip else "",
        square_alt=translator.text("feedback_form", "square", number=slip),
        acknowledges=bool(slip) and settings.feedback.acknowledge,
        contact=contact_lines(settings, translator),
        address=settings.institution.address,
    )
