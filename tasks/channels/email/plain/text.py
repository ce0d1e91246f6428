"""What a short notice says, in one language: that something waits, where, and whom to call."""

from datetime import date

from termpost.schemas.documents.plain_notice import PlainNotice
from termpost.tasks.channels.email.notice_text import NoticeText, ways_to_ask
from termpost.tasks.documents.wording import Translator, translator_for, visible
from termpost.tasks.documents.words.joints import colon_of, gap_of
from termpost.tasks.documents.words.translation_note import translation_note

COMMAND = "termpost feedback list"
_SUBJECTS = {
    "staff-reminder": "due_subject", "escalation": "overdue_subject", "deadlines": "deadlines_subject",
    "class-deadlines": "classes_subject",
}  # fmt: skip


def plain_notice_text(notice: PlainNotice) -> NoticeText:
    """A family's; where nobody has reviewed the translation, with a note at its end."""
    translator, language = translator_for(notice.language, notice.country), notice.language
    said = {key: translator.text("notice", key) for key in ("bare", "address", "wrong")}
    has_page = notice.link is not None
    return NoticeText(
        **said,
        language=language,
        direction=translator.direction,
        school=visible(notice.school),
        subject=translator.text("plain", f"{notice.kind}_subject"),
        lead=translator.text("plain", f"{notice.kind}_lead"),
        gap=gap_of(translator) if has_page else "",
        colon=colon_of(translator).rstrip(" "),
        code=translator.text("notice", "code") if has_page else "",
        links=((translator.text("notice", "open"), notice.link),) if notice.link else (),
        several=_by_when(notice.due, translator) if notice.due else "",
        attached=translator.text("plain", "calendar") if notice.calendar else "",
        questions_title=translator.text("letter", "questions_title"),
        questions=translator.text("plain", "call", name=visible(notice.ask.name)),
        ways=ways_to_ask(notice.ask, notice.country, translator),
        stop=translator.text("notice", "stop", email=notice.stop_to),
        note=translation_note(language, notice.school_language, notice.reviewed, notice.ask.name),
    )


def _by_when(due: str, translator: Translator) -> str:
    return translator.text("letter", "answered", day=translator.day(date.fromisoformat(due)))


def staff_text(notice: PlainNotice) -> tuple[str, str]:
    """Subject and text of what goes to staff: how many, and the command that shows which; of a digest line by line."""
    translator = translator_for(notice.language, notice.country)
    subject = translator.plural("staff_mail", _SUBJECTS[notice.kind], notice.count)
    command, bare = translator.text("staff_mail", "command"), translator.text("staff_mail", "bare")
    lines = "\n".join(f"- {said}\n  {shows}" for said, shows in notice.lines) or f"{command}\n{COMMAND}"
    return subject, f"{subject}.\n\n{lines}\n\n{bare}\n"
