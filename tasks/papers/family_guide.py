"""A page for families: how one reads a report, asks, hears back and meets (sections 4.2 to 4.4 of the procedure)."""

from collections.abc import Sequence
from datetime import date

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.qr_code import qr_code
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.papers.schedule import contact_lines


class GuideStep(FrozenModel):
    """A heading and what it says."""

    title: str
    text: VisibleText


class GuidePart(PaperPart):
    """The guide in one language."""

    lead: VisibleText
    steps: tuple[GuideStep, ...]  # in the order in which a family goes
    rights: GuideStep
    office: VisibleText
    contact: tuple[VisibleText, ...]
    qr: str  # SVG of the portal's address; empty where there is no portal
    qr_alt: VisibleText


def make_family_guide(
    settings: Settings, today: date, country: str = "", languages: Sequence[str] = (), words: HomeWords = NO_WORDS
) -> bytes:  # fmt: skip
    """A page in each of these languages, or in the school's own; PDF/UA-1. It names no student and holds no code."""
    spoken = languages or settings.institution.languages[:1]
    parts = [_part(settings, language, country, words) for language in spoken]
    frame = parts[0].frame
    if frame is None:
        raise TypeError("a guide has a frame of its own")
    return set_paper("family_guide.typ", frame, parts, {}, today)


def _part(settings: Settings, language: str, country: str, words: HomeWords) -> GuidePart:
    translator = translator_for(language, country)
    title, portal = translator.text("family_guide", "title"), settings.channels.portal
    link = portal.base_url if portal else ""
    return GuidePart(
        frame=frame_of(settings, translator, language, title),
        labels=translator.labels("family_guide"),
        translated=note_of(settings, language, words),
        school=settings.institution.name,
        name=title,
        running=title,
        stamp=settings.institution.called,
        lead=translator.text("family_guide", "lead", school=settings.institution.name),
        steps=_steps(settings, asked_in(settings, language, words).name, translator),
        rights=_step(translator, "rights", "rights_text"),
        office=asked_in(settings, language, words).name,
        contact=contact_lines(settings, translator),
        qr=qr_code(link) if link else "",
        qr_alt=translator.text("letter", "qr", link=link),
    )


def _steps(settings: Settings, office: str, translator: Translator) -> tuple[GuideStep, ...]:
    promise = translator.plural("family_guide", "answer_text", settings.feedback.staff_days)
    portal = settings.channels.portal
    if portal is None:
        return (
            _step(translator, "open", "open_paper"), _step(translator, "read", "read_text"),
            _step(translator, "tell", "tell_paper"), _said(translator, "answer", promise),
        )  # fmt: skip
    return (
        _step(translator, "open", "open_door", link=portal.base_url),
        _step(translator, "read", "read_text"),
        _step(translator, "tell", "tell_door"),
        _said(translator, "answer", promise, translator.text("family_guide", "answer_door")),
        _step(translator, "else", "else_door", name=office),
    )


def _step(translator: Translator, title: str, *texts: str, **values: str) -> GuideStep:
    return _said(translator, title, *(translator.text("family_guide", text, **values) for text in texts))


def _said(translator: Translator, title: str, *sentences: str) -> GuideStep:
    return GuideStep(title=translator.text("family_guide", title), text=translator.paragraph(sentences))
