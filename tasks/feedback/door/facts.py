"""What doors are made from: the log once read, the rights of today, and the names of the children."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from duckdb import DuckDBPyConnection
from termpost.schemas.base.channel_name import AT_THE_DOOR
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import CycleId, ExtractId, PersonRef
from termpost.schemas.documents.feedback.door import DOORS
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.log.asking_days import TELLING, ToldDays
from termpost.schemas.log.cycle_state import ARRIVED
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.feedback.acknowledgements import read_on
from termpost.schemas.log.meetings.meeting_states import meeting_states
from termpost.schemas.log.published_objects import PublishedDelivery, Visible
from termpost.schemas.log.query_threads import QueryThread, query_threads
from termpost.tasks.channels.portal.links import without_right
from termpost.tasks.feedback.entitled import entitled_to_all
from termpost.tasks.feedback.meetings.all_meetings import MeetingBook
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_statements import KeptStatement, kept_statements
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.lake.school_names import session_title
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.staff import Member
from termpost.tasks.summarise.open_cycle import open_cycle, schools_of

NOT_SHOWN = frozenset({"staff"})  # kinds of queries that are no family's


@dataclass
class DoorFacts:
    """All of it for some people, or for everybody. Personal: it stays in memory."""

    seen: Visible
    codes: AccessCodes
    recipients: tuple[str, ...]  # whose doors are made, sorted
    pages: Mapping[str, Mapping[str, list[PublishedDelivery]]]  # recipient → store key → what was last shown there
    parts: Mapping[tuple[str, str], int]  # store key of a page and delivery → its place on the page, from 0
    threads: Mapping[str, list[QueryThread]]  # recipient → what they asked
    book: MeetingBook
    staff: Mapping[str, Member]  # by id, those too who have left
    doors: Mapping[str, Mapping[str, int]]  # recipient → store key of a door → how often it was sealed
    gone: Collection[str]  # doors of which the log says that they are gone
    told: Mapping[str, list[Logged]]  # store key of a page → what was told of it
    days: ToldDays  # until when who was told to ask
    acknowledged: Mapping[tuple[str, str, int], date]  # recipient, report and version → the day
    # of those who asked something about nobody in particular: who has the right to the report of each of theirs today
    of_all_theirs: Collection[str] = ()
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)  # student and recipient → why
    statements: Sequence[KeptStatement] = ()  # on the record, of whomever
    names: Mapping[str, str] = field(default_factory=dict)  # student → name; absent: not known any more
    titles: Mapping[str, str] = field(default_factory=dict)  # cycle → its title

    def shows(self, student: str | None, recipient: str) -> bool:
        """Whether something about this student, or about nobody in particular, is shown to them today."""
        return recipient in self.of_all_theirs if student is None else (student, recipient) not in self.refused


def door_facts(home: Home, recipients: Collection[str] | None = None) -> DoorFacts:
    """Reads it.

    Args:
        recipients: references; None: everybody who has, or had, a page, or asked something.
    """
    entries = list(home.log.entries())
    seen = Visible.fold(entries)
    pages: dict[str, dict[str, list[PublishedDelivery]]] = defaultdict(lambda: defaultdict(list))
    for one in seen.shown.values():
        if one.channel == AT_THE_DOOR and one.delivery not in seen.of_before:
            pages[one.recipient][one.object].append(one)
    threads: dict[str, list[QueryThread]] = defaultdict(list)
    known = query_threads(entries)
    for thread in known.values():
        if thread.contact and thread.has_right and thread.kind not in NOT_SHOWN:
            threads[thread.contact].append(thread)
    doors, gone = _doors(entries)
    told: dict[str, list[Logged]] = defaultdict(list)
    for entry in entries:
        if entry.object and entry.kind in TELLING:
            told[entry.object].append(entry)
    everybody = {*pages, *threads, *doors}
    chosen = everybody if recipients is None else everybody & set(recipients)
    facts = DoorFacts(
        seen, AccessCodes(home, entries), tuple(sorted(chosen)), pages, _parts(entries), threads,
        MeetingBook(home, known, meeting_states(known)), {str(one.id): one for one in home.staff.list()}, doors,
        gone, told, ToldDays.fold(home.clocks, entries), _acknowledged(entries),
        statements=kept_statements(entries),
    )  # fmt: skip
    _look_up(home, facts)
    return facts


def _parts(entries: Collection[Logged]) -> dict[tuple[str, str], int]:
    """A page is planned with all its reports, in their order; it never gets another, also where one of them has moved
    to another page since."""
    parts, counts = dict[tuple[str, str], int](), Counter[str]()
    for entry in entries:
        if entry.kind in (*ARRIVED, "planned") and entry.object and entry.delivery:
            key = (entry.object, entry.delivery)
            if key not in parts:
                parts[key] = counts[entry.object]
                counts[entry.object] += 1
    return parts


def _doors(entries: Collection[Logged]) -> tuple[dict[str, dict[str, int]], set[str]]:
    doors: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    gone = set[str]()
    for entry in entries:
        if not entry.object or not entry.object.startswith(DOORS):
            continue
        if entry.kind == "sealed" and entry.recipient:
            doors[entry.recipient][entry.object] += 1
        else:  # taken away, or erased
            gone.add(entry.object)
    return doors, gone


def _acknowledged(entries: Collection[Logged]) -> dict[tuple[str, str, int], date]:
    found: dict[tuple[str, str, int], date] = {}
    for entry in entries:
        if entry.kind == "acknowledged" and entry.recipient and entry.report and entry.version:
            found.setdefault((entry.recipient, entry.report, entry.version), date.fromisoformat(read_on(entry)))
    return found


def _look_up(home: Home, facts: DoorFacts) -> None:
    """The rights of today, and what children and cycles are called by the extract that they were planned by."""
    asked: dict[tuple[str, str], str | None] = {}
    shown: list[PublishedDelivery] = []
    for recipient in facts.recipients:
        mine = [one for page in facts.pages.get(recipient, {}).values() for one in page]
        shown += [one for one in mine if one.delivery not in facts.seen.withdrawn]
        for one in mine:
            asked.setdefault((one.student, recipient), one.extract)
        for thread in facts.threads.get(recipient, ()):
            if thread.student:
                asked.setdefault((thread.student, recipient), None)
    facts.refused = without_right(home, asked)
    unsaid = {one for one in facts.recipients if any(thread.student is None for thread in facts.threads.get(one, ()))}
    if not (asked or unsaid) or not home.lake.catalogue.exists():
        return
    names, titles = dict[str, str](), dict[str, str]()
    with open_lake(home.lake) as lake:
        facts.of_all_theirs = entitled_to_all(home, lake, unsaid)
        extracts = extracts_newest_first(lake)
        students = {student for student, _ in asked}
        for extract in extracts:
            missing = [PersonRef(one) for one in students if one not in names]
            found = open_identities(lake, home.people, ExtractId(extract), StudentIdentity, missing)
            names |= {str(ref): who.name for ref, who in found.items()}
            if len(names) == len(students):
                break
        for one in shown:
            if one.cycle not in titles:
                known = one.extract or (extracts[0] if extracts else "")
                titles[one.cycle] = _title(home, lake, one.cycle, ExtractId(known))
    facts.names, facts.titles = names, titles


def _title(home: Home, lake: DuckDBPyConnection, cycle_id: str, extract_id: ExtractId) -> str:
    """What a cycle is called: by the calendar, else as its session."""
    try:
        dates = home.calendar.cycle(CycleId(cycle_id))
        if dates.title:
            return dates.title
        opened = open_cycle(lake, dates, extract_id, schools_of(lake, extract_id))
    except InputError:  # the calendar or the extract knows it no more
        return cycle_id
    return " · ".join(dict.fromkeys(session_title(lake, extract_id, one.session) for one in opened)) or cycle_id
