"""What each teacher is told about their own classes: how many comments and marks are missing, and how many pupils are
of concern. Counts and commands, no pupil."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import duckdb
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.documents.plain_notice import PlainMail
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.tasks.channels.email.plain.reach import staff_addresses
from termpost.tasks.deadlines.digest import mail_of, present
from termpost.tasks.deadlines.facts import CycleFacts, Facts
from termpost.tasks.deadlines.kinds.comments import missing_comments
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.feedback.answering.teachers import TeachersOf, teachers_of
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.grade_questions import summaries_key
from termpost.tasks.stage.sign_off import unmarked_pieces

CONCERN = """SELECT DISTINCT person_ref, class_id FROM lake.out_concern
  WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
    AND cutoff_date = $cutoff AND person_ref IN (SELECT unnest($students::VARCHAR[]))"""
COMMANDS = {
    "class_comments": "termpost comments export comments.csv --cycle CYCLE",
    "class_unmarked": "termpost holds",
    "class_concern": "termpost proof --cycle CYCLE --out DIR",
}
StaffCounts = dict[tuple[str, str], Counter[str]]  # staff id, cycle → which sentence → how many


def class_digests(home: Home) -> list[PlainMail]:
    """One a teacher and day, of cycles whose reports are not out yet. None to whoever is away or has no address of
    their own on record: the office hears the totals."""
    if not home.calendar.is_staff_day(home.today):
        return []
    teachers = [StaffId(one.id) for one in present(home, frozenset({"teacher"}))]
    if not teachers:
        return []
    with open_lake(home.lake) as lake:
        counts = _counts(Facts(home, lake, tuple(home.log.entries())), set(teachers))
    office = staff_addresses(home, [StaffId("")])[StaffId("")]
    addresses = staff_addresses(home, teachers)
    mine = [who for who in teachers if addresses[who] and addresses[who] != office]
    translator = translator_for(home.settings.institution.languages[0], home.calendar.country)
    return [
        mail_of(home, who, "class-deadlines", total, _lines(translator, counts, who))
        for who in mine
        if (total := sum(of_cycle.total() for (staff, _), of_cycle in counts.items() if staff == who))
    ]


def _lines(translator: Translator, counts: StaffCounts, who: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (translator.plural("staff_mail", sentence, number), COMMANDS[sentence].replace("CYCLE", cycle))
        for (staff, cycle), of_cycle in counts.items() if staff == who
        for sentence in COMMANDS if (number := of_cycle[sentence])
    )  # fmt: skip


def _counts(facts: Facts, staff: set[StaffId]) -> StaffCounts:
    found: StaffCounts = defaultdict(Counter)
    for cycle in facts.cycles:
        for school in cycle.prepared if cycle.is_live else ():
            if students := cycle.unreleased(school):
                taught = teachers_of(facts.home, facts.lake, students, facts.today)
                for who, sentence in _asked(facts, cycle, school, taught):
                    if who in staff:
                        found[who, cycle.plan.id][sentence] += 1
    return found


def _asked(
    facts: Facts, cycle: CycleFacts, school: PreparedSchool, taught: TeachersOf
) -> Iterable[tuple[str, str]]:  # fmt: skip
    """Teacher and sentence, once for each thing."""
    for student, class_id in missing_comments(facts.home, facts.lake, cycle, school):
        yield from ((who, "class_comments") for who in _teachers(taught, student, class_id))
    for class_id in sorted({class_id for _, class_id in taught.of_class}):
        pieces = unmarked_pieces(facts.lake, school, class_id)
        whose = {who for (_, one), ids in taught.of_class.items() if one == class_id for who in ids}
        yield from ((who, "class_unmarked") for who in whose for _ in {piece.line_item_id for piece in pieces})
    concern = {
        (student, who) for student, class_id in _of_concern(facts.lake, cycle, school)
        for who in _teachers(taught, student, class_id)
    }  # fmt: skip
    yield from ((who, "class_concern") for _, who in concern)


def _teachers(taught: TeachersOf, student: str, class_id: str | None) -> set[str]:
    """Of the class; of none in particular those of the homeroom, else everybody who teaches the student."""
    if class_id is not None:
        return set(taught.of_class.get((student, class_id), ()))
    everybody = {who for (one, _), ids in taught.of_class.items() if one == student for who in ids}
    return set(taught.homeroom.get(student, ())) or everybody


def _of_concern(
    lake: duckdb.DuckDBPyConnection, cycle: CycleFacts, school: PreparedSchool
) -> list[tuple[PersonRef, str | None]]:
    values = {**summaries_key(school), "students": sorted(cycle.unreleased(school))}
    return lake.execute(CONCERN, values).fetchall()
