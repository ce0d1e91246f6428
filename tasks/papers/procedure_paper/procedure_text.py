"""The procedure's own text with a school's settings in it: what the system does is what the paper says.

Words for staff and auditors, in English like every message to them. Each sentence that names a number, a channel or a
person's role takes it from where the code takes it.
"""

import hashlib
import json
from collections.abc import Iterator

from termpost.schemas.base.counted import counted
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.retention.policy import RetentionPolicy
from termpost.schemas.retention.words import how_long
from termpost.schemas.settings.calendar import QUERY_DAYS, Calendar
from termpost.schemas.settings.law.home_law import HomeLaw
from termpost.schemas.settings.law.law_pack import RequiredSection
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.printed import VisibleText

KINDS = {"midterm": "Midterm", "end_of_term": "End of term", "final": "Final", "warning": "Progress notice"}
CHANNELS = {
    "portal": "the school's portal, on a page that is locked with the recipient's own code",
    "email": "e-mail from the school's own relay: a notice without any name or grade, with a link to the locked page",
    "print": "a sealed envelope by post or by hand",
    "meeting": "a meeting with the teacher or the office",
}
SECTIONS: dict[RequiredSection, str] = {
    "comments": "teachers' comments", "attendance": "attendance", "discussion": "how to discuss it",
}  # fmt: skip


class TextTable(FrozenModel):
    """Rows beneath a paragraph; the first cell of each says what it is about."""

    head: tuple[VisibleText, ...]
    rows: tuple[tuple[VisibleText, ...], ...]
    wide: tuple[int, ...] = ()  # columns that take the room that is left, from 0


class TextSection(FrozenModel):
    """A heading with what it says."""

    title: VisibleText
    paragraphs: tuple[VisibleText, ...] = ()
    points: tuple[VisibleText, ...] = ()
    table: TextTable | None = None


def procedure_text(
    settings: Settings, calendar: Calendar, law: HomeLaw, retention: RetentionPolicy
) -> tuple[TextSection, ...]:
    """Sections 1 to 8, in their order."""
    return (*_who(settings), *_how(settings, calendar), *_records(settings, law, retention), _attachments(settings))


def procedure_digest(text: tuple[TextSection, ...]) -> str:
    """What staff acknowledge and whoever signs a review: SHA-256 of the text, hex."""
    said = [section.model_dump(mode="json") for section in text]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _who(settings: Settings) -> Iterator[TextSection]:
    name, release = settings.institution.name, settings.release
    yield TextSection(
        title="1  Purpose",
        paragraphs=((f"{name} shares each student's progress with those who have the right to it: in time, by secure "
                    "channels, and so that it can be shown what was given to whom."),),
    )  # fmt: skip
    yield TextSection(
        title="2  Scope",
        paragraphs=(f"All progress reports of {name}, whoever makes, releases, receives or asks about them.",),
    )
    people = "one registered person" if release.approvals == 1 else "two different registered persons"
    points = [
        "Teachers mark work, sign their classes off and answer questions about their own classes.",
        (
            f"A registrar or head releases reports. A release needs the word of {people}, proved by a one-time code; "
            f"it counts for {counted(release.approval_days, 'day')} until delivery has begun."
        ),
        "Students and parents review the report, acknowledge it where they are asked to, and respond.",
    ]
    if release.approvals > 1:
        points.append(f"Nobody is a second approver within {counted(release.staff_wait_days, 'day')} of being added.")
    if release.comments_accepted:
        points.append("Every comment is proof-read and accepted before a release.")
    yield TextSection(title="3  Responsibilities", points=tuple(points))


def _how(settings: Settings, calendar: Calendar) -> Iterator[TextSection]:
    rows = tuple(
        (cycle.title or cycle.id, KINDS[cycle.kind], f"{cycle.cutoff}", f"{cycle.release}", f"{cycle.query_until}")
        for cycle in calendar.cycles
    )
    yield TextSection(
        title="4.1  Intervals",
        paragraphs=(("Reports go out at these intervals. Final reports go out within one week of grading completion: "
                    "when every class is signed off or the calendar's day for it, whichever is first, and never "
                    "counted from before the cut-off."),),
        table=TextTable(head=("cycle", "kind", "cut-off", "release", "questions until"), rows=rows, wide=(0,))
        if rows else None,
    )  # fmt: skip
    order = settings.channels.order
    majority = settings.rights.age_of_majority
    own = " A younger student gets a copy too." if settings.rights.own_copy_below_age else ""
    yield TextSection(
        title="4.2  Secure channels",
        paragraphs=((f"A report goes to whoever has the right to it on that day, and to nobody else. From the age of "
                    f"{majority} the right is the student's own.{own} What will be sent is reopened before by a second "
                    "way, and must hold no student but those the recipient has a right to."),),
    )  # fmt: skip
    yield TextSection(
        title="4.3  Official channels",
        paragraphs=(("The first of these that reaches a recipient is used. Personal or unsecured apps are never "
                    "channels; the settings have no place for one."),),
        points=tuple(f"{CHANNELS.get(name, name)}." for name in order),
    )  # fmt: skip
    days, asked = settings.feedback.staff_days, QUERY_DAYS
    points = (
        (
            f"A family may ask for {counted(asked, 'office day')} after the report went to it, and what comes later is "
            "taken and marked: no right ends with a date."
        ),
        (
            f"A question is answered within {counted(days, 'working day')} of those who answer, in "
            f"{calendar.timezone}, not counting weekends, public holidays and days on which staff have no contract day."
        ),
        (
            f"A meeting lasts {counted(settings.feedback.meetings.minutes, 'minute')}, and is offered within "
            f"{counted(settings.feedback.meetings.within_days, 'day')}."
        ),
        (
            "A mark that is wrong is corrected by a new version that says why. Where that is refused there is a "
            "hearing, and after a lost one a statement that goes along with the report."
        ),
    )
    yield TextSection(title="4.4  Questions and meetings", points=points)


def _records(settings: Settings, law: HomeLaw, retention: RetentionPolicy) -> Iterator[TextSection]:
    yield TextSection(
        title="4.5  Records",
        paragraphs=(("Every step leaves an entry in a log that is chained by digests and signed, and that is written "
                    "before anything is seen. It names people by reference only."),),
        table=TextTable(head=("what", "stays", "by"), wide=(2,), rows=tuple(
            (line.name, how_long(line), line.source) for line in retention.line
        )),
    )  # fmt: skip
    accepted = [f"Accepted: {name} ({settings.store.accept_reason.strip()})." for name in settings.store.accept]
    accepted += [f"Loosened: {name} ({settings.checks.accept_reason.strip()})." for name in settings.checks.accept]
    yield TextSection(
        title="5  Privacy and storage",
        paragraphs=(("What is about a person is encrypted under that person's own key; to erase a person is to delete "
                    f"the key. No group of fewer than {settings.privacy.small_cell} people is shown to analysts."),),
        points=tuple(accepted),
    )  # fmt: skip
    lines = tuple(
        (one.name, one.line.says or _in_short(one.line.model_dump()), one.line.source,
         one.checked_by or "unverified") for one in law.lines()
    )  # fmt: skip
    needed = "; ".join(
        f"{KINDS[kind].lower()}: {', '.join(SECTIONS[name] for name in law.required_sections(kind))}"
        for kind in KINDS if law.required_sections(kind)
    )  # fmt: skip
    within = law.incident_within()[0].total_seconds() / 3600
    said = [(f"Whoever asks to see records has an answer by the shortest time that the law of the place sets. The "
            f"authority hears of an incident within {within:.0f} hours.")]  # fmt: skip
    said += [f"The law asks for these sections of reports: {needed}."] if needed else []
    yield TextSection(
        title="5.1  The law of the place",
        paragraphs=(*said, ("Lines that nobody at the school compared with the law are unverified: they make rules "
                    "stricter, never looser. This is no legal advice.")),
        table=TextTable(head=("line", "says", "source", "checked by"), rows=lines, wide=(1, 2)) if lines else None,
    )  # fmt: skip
    start = settings.review.year_starts
    yield TextSection(
        title="6  Review",
        paragraphs=((f"The procedure is reviewed each year, for the school year that begins on {start} (month-day), "
                    "and within 30 days of a change of its text, of the law's lines or of a setting that guards "
                    "releases. A registrar or head signs the review; staff acknowledge this text each year."),),
    )  # fmt: skip


def _attachments(settings: Settings) -> TextSection:
    return TextSection(
        title="8  Attachments",
        points=("The distribution schedule (termpost paper schedule).",
                "A sample report (termpost paper sample-report).",
                "The feedback form (termpost paper feedback-form).",
                *(f"{one.title}: {one.url}" for one in settings.institution.policies)),
    )  # fmt: skip


def _in_short(line: dict[str, object]) -> str:
    """A line that has no words of its own, by its values."""
    if {"kind", "years", "bound", "after"} <= line.keys():
        years = counted(int(str(line["years"])), "year")
        return f"Kept {str(line['bound']).replace('-', ' ')} {years} after {line['after']}: {line['kind']}."
    return ", ".join(f"{name} {value}" for name, value in line.items() if name not in ("source", "says", "checked_by"))
