"""A packet in words: the same headings and tables for its page and its PDF."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.records.packet import RecordsPacket
from termpost.schemas.documents.report import Course, Report
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import Translator, direction_of, translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords

T = "records"


class RecordsTable(FrozenModel):
    """One heading and what stands under it."""

    title: VisibleText
    head: tuple[VisibleText, ...]
    rows: tuple[tuple[VisibleText, ...], ...]
    wide: int = -1  # the column that takes the room; the last


class RecordsWords(FrozenModel):
    """All of it."""

    language: str
    direction: str
    school: VisibleText
    title: VisibleText
    name: VisibleText
    lead: tuple[VisibleText, ...]
    facts: tuple[tuple[VisibleText, VisibleText], ...]
    tables: tuple[RecordsTable, ...]
    nothing: VisibleText
    closing: tuple[VisibleText, ...]
    colour: str


def words_of(
    settings: Settings, calendar: Calendar, packet: RecordsPacket, language: str, words: HomeWords = NO_WORDS
) -> RecordsWords:
    """In the language of who gets it, with the school's own words in it."""
    t = translator_for(language, calendar.country)
    say = _Say(t, calendar)
    is_access = packet.purpose == "access"
    lead = say("lead_own" if packet.is_own else "lead", name=packet.student.name, school=packet.school,
               day=t.day(packet.day)) if is_access else say(
        "lead_transfer", name=packet.student.name, school=packet.school, other=packet.recipient, day=t.day(packet.day)
    )  # fmt: skip
    return RecordsWords(
        language=language, direction=direction_of(language), school=settings.institution.name,
        title=say("title" if is_access else "title_transfer"), name=packet.student.name,
        lead=(
            *((say("not_for_enrolment"),) if packet.not_for_enrolment else ()), lead,
            say("no_transcript", school=packet.school),
        ), facts=tuple(_facts(packet, say)),
        tables=tuple(_access(packet, say) if is_access else _transfer(packet, say)), nothing=say("nothing"),
        closing=(
            *((say("without"),) if is_access else ()), say("data"),
            say("wrong", name=asked_in(settings, language, words).name),
        ),
        colour=settings.institution.colours.primary,
    )  # fmt: skip


class _Say:
    def __init__(self, translator: Translator, calendar: Calendar) -> None:
        self.t, self._zone = translator, calendar.zone

    def __call__(self, key: str, **values: str) -> str:
        return self.t.text(T, key, **values)

    def day(self, at: datetime | date) -> str:
        return self.t.short_day(at.astimezone(self._zone).date() if isinstance(at, datetime) else at)

    def head(self, *keys: str) -> tuple[str, ...]:
        return tuple(self(key) for key in keys)


def _facts(packet: RecordsPacket, say: _Say) -> Iterator[tuple[str, str]]:
    one, labels = packet.student, say.t.labels("report")
    yield labels["student"], one.name
    yield labels["number"], one.number
    for label, value in (
        (labels["grade_level"], one.grade_level), (say("born"), say.day(one.birth_date) if one.birth_date else None),
        (say("email"), one.email), (say("language"), say.t.name_of(one.language) if one.language else None),
    ):  # fmt: skip
        if value:
            yield label, value
    for reach in packet.on_record:
        for key, value in (("you", packet.recipient), ("relation", reach.relation),
                           ("address", ", ".join(reach.address)), ("email", reach.email),
                           ("phone", reach.phone)):  # fmt: skip
            if value:
                yield say(key), value


def _access(packet: RecordsPacket, say: _Say) -> Iterator[RecordsTable]:
    yield from _reports(packet, say)
    titles = {one.report.cycle_id: one.report.cycle_title for one in packet.reports}
    yield _table(say, "comments", ("report_of", "course", "who", "words"), (
        (titles.get(one.cycle, one.cycle), one.course or "–", one.author or "–", one.text) for one in packet.comments
    ))  # fmt: skip
    yield _table(say, "deliveries", ("day", "report_of", "version", "way", "what"), (
        (say.day(one.at), titles.get(one.cycle, one.cycle), say.t.whole(one.version), _way(one.channel, say),
         say(f"event_{one.event}"))
        for one in packet.deliveries
    ))  # fmt: skip
    yield _table(say, "queries", ("day", "who", "words"), (
        row for one in packet.queries
        for row in ((say.day(one.at), say("you"), one.text),
                    *((say.day(said.at), said.by or say("you"), said.text) for said in one.said))
    ))  # fmt: skip
    yield _table(say, "meetings", ("day", "who", "words"), (
        (say.day(one.starts) if one.starts else "", one.by or "", "\n".join(said.text for said in one.minutes))
        for one in packet.meetings
    ))  # fmt: skip
    yield _table(say, "acknowledgements", ("day", "report_of", "version"), (
        (say.day(one.day), titles.get(one.cycle, one.cycle), say.t.whole(one.version))
        for one in packet.acknowledgements
    ))  # fmt: skip
    yield _table(say, "looks", ("day", "who", "what"), (
        (say.day(one.at), one.by or say("you"), say(f"look_{one.what.replace('-', '_')}")) for one in packet.looks
    ))  # fmt: skip
    yield _table(say, "decisions", ("day", "what"), ((say.day(one.day), one.finding) for one in packet.decisions))
    yield _table(say, "statements", ("day", "words"), ((say.day(one.at), one.text) for one in packet.statements))


def _transfer(packet: RecordsPacket, say: _Say) -> Iterator[RecordsTable]:
    yield from _reports(packet, say)
    scales = {tuple(f"{step.letter} {say.t.exact_percent(step.lower)}" for step in one.report.scale)
              for one in packet.reports if one.report.scale}  # fmt: skip
    yield _table(say, "scale", ("words",), ((", ".join(scale),) for scale in sorted(scales)))
    if packet.statements:
        yield _table(say, "statements", ("day", "words"), ((say.day(one.at), one.text) for one in packet.statements))


def _reports(packet: RecordsPacket, say: _Say) -> Iterator[RecordsTable]:
    yield _table(say, "reports", ("report_of", "version", "day", "what"), (
        (one.report.cycle_title, say.t.whole(one.report.counted_version), say.day(one.day), say(f"state_{one.state}"))
        for one in packet.reports
    ))  # fmt: skip
    yield _table(say, "grades", ("report_of", "version", "course", "grade"), (
        (one.report.cycle_title, say.t.whole(one.report.counted_version), course.title,
         _grade(course, one.report, say))
        for one in packet.reports for course in one.report.courses
    ))  # fmt: skip
    yield _table(say, "attendance", ("report_of", "what", "days"), (
        (one.cycle, say(f"attend_{one.kind}"), say.t.number(one.days)) for one in packet.attendance
    ))  # fmt: skip


def _grade(course: Course, report: Report, say: _Say) -> str:
    value = course.current if report.kind in SO_FAR else course.final
    said = [say.t.exact_percent(value)] if value is not None else []
    return " ".join([*said, *([course.letter] if course.letter else [])]) or "–"


def _way(channel: str, say: _Say) -> str:
    key = f"by_{channel}"
    return say(key) if key in say.t.labels(T) else channel


def _table(say: _Say, title: str, head: Sequence[str], rows: Iterable[tuple[str, ...]]) -> RecordsTable:
    return RecordsTable(title=say(title), head=say.head(*head), rows=tuple(rows))
