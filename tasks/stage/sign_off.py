"""Grading completion: a teacher signs a class off, which settles its blanks; or the school says that it is complete."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.lake.sql import sql
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.secrets.staff import RELEASE_ROLES
from termpost.tasks.stage.grade_questions import PACKAGE, summaries_key
from termpost.tasks.stage.manifests import read_prepared
from termpost.tasks.stage.mark_authority import MarkClasses, SigningPerson, keep_reason, prove_authority

RUN = "grades-complete"
GRADED_CLASSES = """SELECT DISTINCT class_id, moved_from FROM lake.out_course_summary
  WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
    AND cutoff_date = $cutoff"""


@dataclass(frozen=True)
class UnmarkedPiece:
    """A piece of work that some of a class have no mark of."""

    line_item_id: str
    title: str
    due: date | None
    students: tuple[PersonRef, ...]
    is_settled: bool  # nothing is there: missing from now on. False: handed in, and still to be marked


@dataclass(frozen=True)
class SignedOff:
    """What a teacher's word settled."""

    class_id: str
    by: StaffId
    on_behalf_of: str | None
    pieces: tuple[UnmarkedPiece, ...]


def sign_off_class(home: Home, cycle_id: str, class_id: str, person: SigningPerson) -> SignedOff:
    """The log says that the marks of a class are complete; the next preparation goes by it.

    Raises:
        InputError: `not-prepared`, `unknown-class`, or as `prove_authority`.
        Refused: as `prove_authority`.
    """
    schools = read_prepared(home, cycle_id)
    with open_lake(home.lake) as lake, one_transaction(lake):
        school = next((one for one in schools if class_id in graded_classes(lake, one)), None)
        if school is None:
            raise InputError("unknown-class", "nobody has a grade in this class in the cycle", "--class",
                             "use an id of classes.csv")  # fmt: skip
        pieces = unmarked_pieces(lake, school, class_id)
        classes = MarkClasses(school.extract_id, {class_id: school.school})
        staff, on_behalf_of = prove_authority(home, lake, person, classes)
    key, digest = keep_reason(home, staff, school.extract_id, person.reason) or (None, None)
    settled = sum(len(piece.students) for piece in pieces if piece.is_settled)
    entry = Entry(
        kind="grading_complete", actor=staff, cycle=cycle_id, class_id=class_id, on_behalf_of=on_behalf_of,
        extract=school.extract_id, count=settled, object=key, digest=digest,
    )  # fmt: skip
    home.log.append(RUN, [entry])
    return SignedOff(class_id, staff, on_behalf_of, pieces)


def complete_cycle(home: Home, cycle_id: str, person: SigningPerson) -> StaffId:
    """A registrar or head says that the school's grading is complete. It settles no mark: only a teacher's word does.

    Raises:
        Refused: as `Staff.prove`.
    """
    staff = home.staff.prove(person.staff, person.otp, person.at, RELEASE_ROLES)
    key, digest = keep_reason(home, staff, cycle_id, person.reason) or (None, None)
    entry = Entry(kind="grading_complete", actor=staff, cycle=cycle_id, object=key, digest=digest)
    home.log.append(RUN, [entry])
    return staff


def graded_classes(lake: duckdb.DuckDBPyConnection, school: PreparedSchool) -> frozenset[str]:
    """The classes that grades of a prepared school rest on, those that somebody moved from too."""
    rows = lake.execute(GRADED_CLASSES, summaries_key(school)).fetchall()
    return frozenset(class_id for row in rows for class_id in row if class_id)


def unmarked_pieces(
    lake: duckdb.DuckDBPyConnection, school: PreparedSchool, class_id: str
) -> tuple[UnmarkedPiece, ...]:
    """The pieces of a class that somebody has no mark of, once for blanks and once for work that is handed in."""
    rows = lake.execute(sql(PACKAGE, "blanks"), {**summaries_key(school), "class_id": class_id}).fetchall()
    found: defaultdict[tuple[str, str, date | None, bool], list[PersonRef]] = defaultdict(list)
    for item, title, due, ref, is_handed_in in rows:
        found[item, title, due, not is_handed_in].append(PersonRef(ref))
    return tuple(
        UnmarkedPiece(item, title, due, tuple(students), is_settled)
        for (item, title, due, is_settled), students in found.items()
    )
