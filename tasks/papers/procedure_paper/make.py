"""Papers in running text for staff and auditors: the procedure as this home does it, and drafts of privacy notices."""

from collections.abc import Sequence
from datetime import date

from termpost.schemas.retention.policy import RetentionPolicy
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.law.home_law import HomeLaw
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.papers.procedure_paper.privacy_text import privacy_texts
from termpost.tasks.papers.procedure_paper.procedure_text import TextSection, procedure_digest, procedure_text

ENGLISH = "en"  # as every message to operators and auditors
PROCEDURE, DRAFT = "Procedure for sharing student progress and reports", "Draft – no legal advice"


class TextPart(PaperPart):
    """Headings and what they say."""

    lead: VisibleText
    sections: tuple[TextSection, ...]


def make_procedure(
    settings: Settings, calendar: Calendar, law: HomeLaw, retention: RetentionPolicy, today: date
) -> bytes:  # fmt: skip
    """The procedure; PDF/UA-1. Its digest, which staff acknowledge, stands at its head."""
    text = procedure_text(settings, calendar, law, retention)
    lead = (
        "Written from the settings that termpost runs by, so that text and system cannot drift apart. "
        f"Version {procedure_digest(text)[:12]}."
    )
    return _set(settings, [(PROCEDURE, lead, text)], today, PROCEDURE)


def make_privacy(
    settings: Settings, calendar: Calendar, law: HomeLaw, retention: RetentionPolicy, today: date
) -> bytes:  # fmt: skip
    """Drafts of the yearly notices and of the record of processing, each on sheets of its own; PDF/UA-1."""
    lead = "A draft from this home's settings. Let counsel read it before anybody else does."
    drafts = [(title, lead, text) for title, text in privacy_texts(settings, calendar, law, retention)]
    return _set(settings, drafts, today, DRAFT)


def _set(
    settings: Settings, texts: Sequence[tuple[str, str, tuple[TextSection, ...]]], today: date, title: str
) -> bytes:
    institution, translator = settings.institution, translator_for(ENGLISH)
    parts = [
        TextPart(school=institution.name, name=name, running=institution.name, lead=lead,
                 stamp=f"{institution.called} · {today}", sections=sections)
        for name, lead, sections in texts
    ]  # fmt: skip
    return set_paper("procedure.typ", frame_of(settings, translator, ENGLISH, title), parts, {}, today)
