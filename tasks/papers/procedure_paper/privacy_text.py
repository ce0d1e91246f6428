"""Drafts for counsel: the yearly notice of FERPA where it applies, a privacy notice, and a record of processing."""

from collections.abc import Iterator
from typing import Final

from termpost.schemas.retention.kinds import Area
from termpost.schemas.retention.policy import RetentionPolicy
from termpost.schemas.retention.words import how_long
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.law.home_law import HomeLaw
from termpost.schemas.settings.settings import Settings
from termpost.tasks.papers.procedure_paper.procedure_text import CHANNELS, TextSection, TextTable

UNITED_STATES = "US"
LIMITS: Final[tuple[tuple[str, Area, str], ...]] = (  # in words, and a kind of record that is of it
    ("a report", "store", "reports/<school>/<cycle>/<report>/v<version>/report.json"),
    ("the copy that a family was given", "store", "sealed/<recipient>/<page>"),
    ("marks and attendance", "tables", "core_result"),
    ("what was asked and answered", "store", "notes/<about>/<words>.sealed"),
    ("who received what", "log", "sent"),
    ("copies of what was read in", "store", "landing/<extract>/<file>.csv"),
)


def privacy_texts(
    settings: Settings, calendar: Calendar, law: HomeLaw, retention: RetentionPolicy
) -> Iterator[tuple[str, tuple[TextSection, ...]]]:
    """Title and text of each draft that this home has a use for."""
    if any(pack.place == UNITED_STATES for pack in law.packs):
        yield "Annual notice of rights (FERPA)", _annual_notice(settings, law)
    yield "Privacy notice: progress reports", _notice(settings, law, retention)
    yield "Record of processing activities", _record(settings, calendar, law, retention)


def _annual_notice(settings: Settings, law: HomeLaw) -> tuple[TextSection, ...]:
    """34 CFR 99.7(a)(2) and (3), point by point."""
    name, age = settings.institution.name, settings.rights.age_of_majority
    access = next((pack.access for pack in law.packs if pack.access), None)
    within = f" ({access.says.rstrip('.')})" if access and access.says else ""
    return (
        TextSection(
            title="Your rights",
            paragraphs=((f"Parents of students of {name}, and students who are {age} or older, have these rights over "
                        "education records (20 U.S.C. 1232g; 34 CFR part 99)."),),
            points=(
                f"To see the student's records: ask the office{within}.",
                ("To ask for a correction of what is inaccurate, misleading or against the student's privacy rights; "
                "where it is refused, to a hearing, and then to a statement beside the record."),
                ("To consent before records are disclosed, except where the law allows it without, as to school "
                "officials with a legitimate educational interest [the school states who these are and what counts]."),
                ("To file a complaint with the U.S. Department of Education, Student Privacy Policy Office, "
                "400 Maryland Avenue SW, Washington, DC 20202."),
            ),
        ),
    )  # fmt: skip


def _notice(settings: Settings, law: HomeLaw, retention: RetentionPolicy) -> tuple[TextSection, ...]:
    erasure = (
        "There is no general right to have records erased; a law or an order must ask for it."
        if law.needs_a_duty_to_erase else "You may ask to have them erased, where no duty to keep them stands."
    )  # fmt: skip
    return (
        TextSection(title="Who we are", paragraphs=(f"{settings.institution.name}. {_asked(settings)}",)),
        TextSection(
            title="What we use and why",
            paragraphs=(("Names, contacts and their rights, classes, marks, comments and attendance: to make progress "
                        "reports and to bring each to those who have the right to it."),),
        ),
        TextSection(title="How it reaches you", points=tuple(CHANNELS.get(n, n) for n in settings.channels.order)),
        TextSection(title="How long it stays", points=tuple(_time_limits(retention))),
        TextSection(title="Your rights", paragraphs=(f"To see your records, to have them corrected. {erasure}",)),
    )  # fmt: skip


def _record(
    settings: Settings, calendar: Calendar, law: HomeLaw, retention: RetentionPolicy
) -> tuple[TextSection, ...]:
    """GDPR article 30(1), in its order; of use elsewhere too."""
    rows = (
        ("Controller", f"{settings.institution.name}. {_asked(settings)}"),
        ("Purposes", "Progress reports: making, delivering, answering questions, keeping the record of all of it"),
        ("Whose data", "Students, their contacts, staff"),
        ("What data", "Identity, contacts and rights, classes, marks, comments, attendance, deliveries, questions"),
        ("Recipients", "Whoever has the right to a report on the day; school staff by role. By "
                       + ", ".join(settings.channels.order)),
        ("Third countries", "[the school says so: where the store and the mail relay are]"),
        ("Time limits", "; ".join(_time_limits(retention))),
        ("Security", "Encryption under each person's own key; releases by one-time code; a signed, chained log"),
        ("Law looked at", ", ".join(pack.place for pack in law.packs) or f"none is known for {calendar.country}"),
    )  # fmt: skip
    table = TextTable(head=("article 30(1)", "is"), rows=rows, wide=(1,))
    return (TextSection(title="Progress reports", table=table),)


def _time_limits(retention: RetentionPolicy) -> Iterator[str]:
    """By the page that deletion goes by."""
    for name, area, kind in LIMITS:
        if (line := retention.of(area, kind)) is not None:
            yield f"{name}: {how_long(line)}"


def _asked(settings: Settings) -> str:
    ask = settings.institution.ask
    return f"Ask {', '.join(filter(None, (ask.name, ask.email, ask.phone)))}." if ask else "[whom to ask]"
