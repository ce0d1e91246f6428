"""What a notice says, in one language, before it is plain text or HTML."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment
from termpost.schemas.documents.notice import Notice
from termpost.schemas.documents.report import Contact
from termpost.schemas.documents.said import SaidIn
from termpost.tasks.documents.colour import NIGHT_PANEL, PANEL, readable
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.locale.telephone import dialled
from termpost.tasks.documents.wording import Translator, translator_for, visible
from termpost.tasks.documents.words.asking import asking_words
from termpost.tasks.documents.words.joints import colon_of, gap_of
from termpost.tasks.documents.words.translation_note import translation_note


@dataclass(frozen=True)
class ContactLine:
    """One way to reach the school: `E-mail: office@…`."""

    before: str
    value: str
    after: str
    href: str
    plain: str


@dataclass(frozen=True)
class NoticeText:
    """One language of a notice."""

    language: str
    direction: str  # ltr or rtl
    school: str
    subject: str
    lead: str
    bare: str
    gap: str  # between two sentences
    colon: str  # at the end of a line
    code: str
    links: tuple[tuple[str, str], ...]  # what a button says, and where it leads
    several: str  # said where there are several
    address: str
    attached: str
    questions_title: str
    questions: str
    ways: tuple[ContactLine, ...]
    wrong: str
    stop: str
    note: tuple[SaidIn, ...]  # where nobody has reviewed this translation


def plain_text(sheet: NoticeText) -> str:
    return _templates(escape=False).get_template("notice.txt.j2").render(sheet=sheet)


def html_text(sheet: NoticeText, colour: str) -> str:
    """One page without scripts; `colour` is the school's, made readable by day and by night."""
    colours = {"day": readable(colour, PANEL), "night": readable(colour, NIGHT_PANEL)}
    return _templates(escape=True).get_template("notice.html.j2").render(sheet=sheet, colours=colours)


def stop_subject(language: str) -> str:
    """The subject of the message by which a family stops the notices."""
    return translator_for(language).text("notice", "stop_subject")


@cache
def _templates(*, escape: bool) -> Environment:
    # nothing that a recipient or a student is called gets here; what a school is called is data, never markup
    return environment(escape=escape, trim=True)


def notice_text(notice: Notice, attached: int) -> NoticeText:
    """The notice in the recipient's language; where nobody has reviewed that, with a note at its end."""
    translator, language = translator_for(notice.language, notice.country), notice.language
    fixed = {key: translator.text("notice", key) for key in ("bare", "code", "address", "wrong")}
    return NoticeText(
        **fixed,
        language=language,
        direction=translator.direction,
        school=visible(notice.school),
        subject=translator.plural("notice", "subject", notice.reports),
        lead=translator.plural("notice", "lead", notice.reports),
        gap=gap_of(translator),
        colon=colon_of(translator).rstrip(" "),
        links=_links(notice, translator),
        several=translator.text("notice", "several") if notice.more_links else "",
        attached=translator.plural("notice", "attached", attached) if attached else "",
        questions_title=translator.text("letter", "questions_title"),
        questions=asking_words(translator, visible(notice.ask.name), notice.query_until, notice.answer_by),
        ways=ways_to_ask(notice.ask, notice.country, translator),
        stop=translator.text("notice", "stop", email=notice.stop_to),
        note=translation_note(language, notice.school_language, notice.reviewed, notice.ask.name, notice.own_office),
    )


def _links(notice: Notice, translator: Translator) -> tuple[tuple[str, str], ...]:
    """Numbered where there are several: no name may tell them apart."""
    links, said = [link for link in (notice.link, *notice.more_links) if link], translator.text("notice", "open")
    if len(links) == 1:
        return ((said, links[0]),)
    return tuple((f"{said} ({translator.whole(n)})", link) for n, link in enumerate(links, 1))


def ways_to_ask(ask: Contact, country: str, translator: Translator) -> tuple[ContactLine, ...]:
    """How whoever families ask is reached, one line each."""
    email, phone = ask.email or "", ask.phone or ""
    found = (("email", email, f"mailto:{email}"), ("phone", phone, dialled(phone, country)))
    ways = []
    for key, value, href in found:
        if value:
            pattern = translator.text("letter", "contact", label=translator.text("letter", key), value="\0")
            before, _, after = pattern.partition("\0")
            ways.append(ContactLine(before, value, after, href, before + value + after))
    return tuple(ways)
