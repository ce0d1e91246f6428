"""Who teaches a student, by the newest record, as registered staff."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import duckdb
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import TeacherIdentity
from termpost.tasks.home.home import Home
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.staff import Member

TAUGHT = """
SELECT t.person_ref, s.person_ref, t.class_id, c.class_type = 'homeroom'
FROM lake.core_enrollment t
JOIN lake.core_enrollment s ON s.extract_id = t.extract_id AND s.class_id = t.class_id AND s.role_code = 'student'
LEFT JOIN lake.core_class c ON c.extract_id = t.extract_id AND c.class_id = t.class_id
WHERE t.extract_id = ? AND t.role_code = 'teacher' AND s.person_ref IN (SELECT unnest(?::VARCHAR[]))
  AND coalesce(t.end_date > ?, TRUE) AND coalesce(s.end_date > ?, TRUE)
ORDER BY t.class_id, t.begin_date, t.person_ref
"""


@dataclass
class TeachersOf:
    """Of some students: their teachers who are registered, by staff id."""

    of_class: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # student, class → staff ids
    homeroom: dict[str, list[str]] = field(default_factory=dict)  # student → staff ids

    def teaches(self, staff: str, student: str | None, class_id: str | None) -> bool:
        """Whether they are a teacher of the class, or where it is about none in particular, of the student."""
        if student is None:
            return False
        if class_id is not None:
            return staff in self.of_class.get((student, class_id), ())
        mine = (ids for (who, _), ids in self.of_class.items() if who == student)
        return any(staff in ids for ids in mine)


def teachers_of(home: Home, lake: duckdb.DuckDBPyConnection, students: Iterable[str], day: date) -> TeachersOf:
    """Of these students on that day; empty where there is no record."""
    found, extracts = TeachersOf(), extracts_newest_first(lake)
    asked = sorted(set(students))
    if not extracts or not asked:
        return found
    rows = lake.execute(TAUGHT, [extracts[0], asked, day, day]).fetchall()
    known = open_identities(lake, home.people, extracts[0], TeacherIdentity, {PersonRef(row[0]) for row in rows})
    staff = {ref: _registered(who, _members(home)) for ref, who in known.items()}
    for teacher, student, class_id, is_homeroom in rows:
        if (one := staff.get(PersonRef(teacher))) is None:
            continue
        found.of_class.setdefault((student, class_id), []).append(one)
        if is_homeroom:
            found.homeroom.setdefault(student, []).append(one)
    return found


def _members(home: Home) -> list[Member]:
    return [one for one in home.staff.list() if not one.removed]


def _registered(teacher: TeacherIdentity, members: Iterable[Member]) -> str | None:
    """The teacher's staff id: by the id of the record that was given at registration, else one that is written like
    that id or like their address; None where nobody fits, or several do."""
    staff = [one for one in members if one.role == "teacher"]
    said = [one.id for one in staff if one.teacher_id == teacher.id]
    address = (teacher.email or "").partition("@")[0].casefold()
    alike = [one.id for one in staff if one.teacher_id is None and one.id in (teacher.id.casefold(), address)]
    found = said or alike
    return found[0] if len(found) == 1 else None
