"""Whom the quarantined rows touch (law 2): each student whose report or recipients such a row could change, no other.

Where a row does not say whom it is about, those are held whom it could be about: a mark without a student may belong to
any student of the class who has none for that line item.
"""

from collections.abc import Iterable

import duckdb
from termpost.schemas.contracts.contract import Contract, HoldScope
from termpost.schemas.documents.findings import CheckHold
from termpost.tasks.check.hold_places import note_touching_rows
from termpost.tasks.check.rows.near_ids import meant_students
from termpost.tasks.check.tables import failing, text

# students are users who are, or for all we can read may be, students; and who is enrolled as one and has no user row
SETUP = """
CREATE OR REPLACE TEMP TABLE hold_student AS
  SELECT sourced_id AS student FROM typed_users
  WHERE sourced_id IS NOT NULL AND (role IS NULL OR role NOT IN ({adults}))
  UNION
  SELECT e.user_sourced_id FROM typed_enrollments AS e
  WHERE e.role = 'student' AND e.user_sourced_id NOT IN (
    SELECT sourced_id FROM typed_users WHERE sourced_id IS NOT NULL);
CREATE OR REPLACE TEMP TABLE hold_class AS
  SELECT DISTINCT sourced_id AS class_id FROM typed_classes WHERE sourced_id IS NOT NULL;
CREATE OR REPLACE TEMP TABLE hold_roster AS
  SELECT DISTINCT e.user_sourced_id AS student, e.class_sourced_id AS class_id FROM typed_enrollments AS e
  SEMI JOIN hold_student AS s ON s.student = e.user_sourced_id WHERE e.class_sourced_id IS NOT NULL;
CREATE OR REPLACE TEMP VIEW hold_item AS
  SELECT DISTINCT i.sourced_id AS item, i.class_sourced_id AS class_id FROM typed_line_items AS i
  SEMI JOIN hold_class AS c ON c.class_id = i.class_sourced_id;
CREATE OR REPLACE TEMP VIEW hold_agent AS
  SELECT sourced_id AS one, unnest(agent_sourced_ids) AS other FROM typed_users
  UNION SELECT unnest(agent_sourced_ids), sourced_id FROM typed_users;
CREATE OR REPLACE TEMP TABLE hold_touched (dataset VARCHAR, row_number BIGINT, student VARCHAR, class_id VARCHAR);
"""

# each query gives (row_number, student, class_id) of the rows in `bad`; of many marks that name neither a student nor a
# line item the first stands for all, since each may belong to whoever lacks a mark
CLASS = "SELECT b.row_number, r.student, r.class_id FROM bad AS b JOIN hold_roster AS r ON r.class_id = b.sourced_id"

# a line item of an unknown class may belong to any class whose students include all that have a result on it
LINE_ITEM = """
SELECT b.row_number, r.student, r.class_id FROM bad AS b JOIN hold_roster AS r ON r.class_id = b.class_sourced_id
SEMI JOIN hold_class AS c ON c.class_id = b.class_sourced_id
UNION
SELECT p.row_number, r.student, r.class_id FROM possible AS p JOIN hold_roster AS r ON r.class_id = p.class_id
UNION
SELECT t.row_number, t.student, NULL FROM taker AS t WHERE t.row_number NOT IN (SELECT row_number FROM possible)
"""
LINE_ITEM_WITH = """, lost AS (
  SELECT b.row_number, b.sourced_id FROM bad AS b ANTI JOIN hold_class AS c ON c.class_id = b.class_sourced_id
), taker AS (
  SELECT DISTINCT l.row_number, r.student_sourced_id AS student FROM lost AS l
  JOIN typed_results AS r ON r.line_item_sourced_id = l.sourced_id
  SEMI JOIN hold_student AS s ON s.student = r.student_sourced_id
), possible AS (
  SELECT l.row_number, c.class_id FROM lost AS l CROSS JOIN hold_class AS c
  WHERE NOT EXISTS (
    SELECT 1 FROM taker AS t WHERE t.row_number = l.row_number AND NOT EXISTS (
      SELECT 1 FROM hold_roster AS r WHERE r.student = t.student AND r.class_id = c.class_id))
)"""

RESULT = """
SELECT b.row_number, s.student, i.class_id FROM bad AS b
JOIN hold_student AS s ON s.student = b.student_sourced_id
JOIN hold_item AS i ON i.item = b.line_item_sourced_id
UNION
SELECT b.row_number, s.student, NULL FROM bad AS b
JOIN hold_student AS s ON s.student = b.student_sourced_id
ANTI JOIN typed_line_items AS i ON i.sourced_id = b.line_item_sourced_id
UNION
SELECT b.row_number, r.student, r.class_id FROM
  (SELECT * FROM bad AS b ANTI JOIN hold_student AS s ON s.student = b.student_sourced_id) AS b
JOIN hold_item AS i ON i.item = b.line_item_sourced_id
JOIN hold_roster AS r ON r.class_id = i.class_id
ANTI JOIN typed_results AS o
  ON o.line_item_sourced_id = b.line_item_sourced_id AND o.student_sourced_id = r.student
UNION
SELECT b.row_number, r.student, r.class_id FROM (
  SELECT min(row_number) AS row_number FROM bad AS b
  ANTI JOIN hold_student AS s ON s.student = b.student_sourced_id
  ANTI JOIN hold_item AS i ON i.item = b.line_item_sourced_id
  HAVING count(*) > 0
) AS b CROSS JOIN hold_roster AS r
JOIN hold_item AS i ON i.class_id = r.class_id
ANTI JOIN typed_results AS o ON o.line_item_sourced_id = i.item AND o.student_sourced_id = r.student
"""

USER = """
SELECT b.row_number, s.student, NULL FROM bad AS b JOIN hold_student AS s ON s.student = b.sourced_id
UNION
SELECT b.row_number, s.student, NULL FROM
  (SELECT * FROM bad AS b ANTI JOIN hold_student AS s ON s.student = b.sourced_id) AS b
JOIN hold_agent AS a ON a.one = b.sourced_id JOIN hold_student AS s ON s.student = a.other
"""

# of a teacher's row: the class, since the report names its teachers
ENROLLMENT = """
SELECT b.row_number, s.student, c.class_id FROM bad AS b JOIN hold_student AS s ON s.student = b.user_sourced_id
LEFT JOIN hold_class AS c ON c.class_id = b.class_sourced_id
UNION
SELECT b.row_number, r.student, r.class_id FROM
  (SELECT * FROM bad AS b ANTI JOIN hold_student AS s ON s.student = b.user_sourced_id) AS b
JOIN hold_roster AS r ON r.class_id = b.class_sourced_id WHERE b.role IS DISTINCT FROM 'student'
"""

STUDENT = 'SELECT b.row_number, s.student, NULL FROM bad AS b JOIN hold_student AS s ON s.student = b."{student}"'

# a restriction on an unknown student may be meant for any student of that contact
CONTACT = (
    STUDENT
    + """
UNION
SELECT b.row_number, s.student, NULL FROM
  (SELECT * FROM bad AS b ANTI JOIN hold_student AS s ON s.student = b.student_sourced_id) AS b
JOIN (SELECT one, other FROM hold_agent
      UNION SELECT contact_sourced_id, student_sourced_id FROM typed_supplement_contacts) AS a
  ON a.one = b.contact_sourced_id
JOIN hold_student AS s ON s.student = a.other
"""
)

# what somebody is decides whose report it is and who gets it
ROLE = """
SELECT b.row_number, s.student, NULL FROM bad AS b JOIN hold_student AS s ON s.student = b.user_sourced_id
UNION
SELECT b.row_number, s.student, NULL FROM bad AS b
JOIN (SELECT one, other FROM hold_agent
      UNION SELECT contact_sourced_id, student_sourced_id FROM typed_supplement_contacts) AS a
  ON a.one = b.user_sourced_id
JOIN hold_student AS s ON s.student = a.other
"""

OF_LINE_ITEM = """
SELECT b.row_number, r.student, r.class_id FROM bad AS b
JOIN hold_item AS i ON i.item = b.line_item_sourced_id JOIN hold_roster AS r ON r.class_id = i.class_id
"""

OF_RESULT = """
SELECT b.row_number, s.student, i.class_id FROM bad AS b
JOIN typed_results AS o ON o.sourced_id = b.result_sourced_id
JOIN hold_student AS s ON s.student = o.student_sourced_id
JOIN hold_item AS i ON i.item = o.line_item_sourced_id
"""

# a scale of an unknown class may be meant for any class of its course or, that unknown too, of its school
SCORE_SCALE = """
SELECT b.row_number, r.student, r.class_id FROM bad AS b JOIN typed_classes AS c ON CASE
    WHEN b.class_sourced_id IN (SELECT class_id FROM hold_class) THEN c.sourced_id = b.class_sourced_id
    WHEN b.course_sourced_id IN (SELECT course_sourced_id FROM typed_classes WHERE course_sourced_id IS NOT NULL)
      THEN c.course_sourced_id = b.course_sourced_id
    ELSE b.org_sourced_id IS NULL OR c.school_sourced_id = b.org_sourced_id END
JOIN hold_roster AS r ON r.class_id = c.sourced_id
"""

COURSE = """
SELECT b.row_number, s.student, c.class_id FROM bad AS b JOIN hold_student AS s ON s.student = b."{student}"
LEFT JOIN hold_class AS c ON c.class_id = b.class_sourced_id
"""

TOUCHED: dict[HoldScope, str] = {
    "class": CLASS, "line-item": LINE_ITEM, "result": RESULT, "user": USER, "enrollment": ENROLLMENT,
    "student": STUDENT, "contact": CONTACT, "course": COURSE, "role": ROLE, "of-line-item": OF_LINE_ITEM,
    "of-result": OF_RESULT, "score-scale": SCORE_SCALE,
}  # fmt: skip

# a cascade says nothing new where its cause already holds the same course or the whole report
HOLDS = """
WITH hold AS (
  SELECT t.student, t.class_id, f.rule, f.cascaded FROM hold_touched AS t JOIN check_failure AS f
    ON f.dataset = t.dataset AND f.row_number = t.row_number AND f.severity = 'error'
), cause AS (SELECT DISTINCT student, class_id, rule FROM hold WHERE NOT cascaded)
SELECT student, class_id, rule FROM cause
UNION
SELECT h.student, h.class_id, h.rule FROM hold AS h WHERE h.cascaded AND NOT EXISTS (
  SELECT 1 FROM cause AS c WHERE c.student = h.student AND (c.class_id IS NULL OR c.class_id = h.class_id))
ORDER BY ALL NULLS FIRST
"""


def find_holds(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> tuple[CheckHold, ...]:
    """The holds that the errors in check_failure ask for, in order."""
    known, wrong = tuple(contracts), failing(con, "severity = 'error'")
    if not wrong:
        return ()
    roles = next(
        c.values for contract in known if contract.dataset == "users" for c in contract.columns if c.name == "role"
    )
    con.execute(SETUP.format(adults=", ".join(text(role) for role in roles if role != "student")))
    for contract in known:
        if contract.holds == "none" or contract.dataset not in wrong:
            continue
        query = TOUCHED[contract.holds].format(student=contract.holds_student)
        more = LINE_ITEM_WITH if contract.holds == "line-item" else ""
        con.execute(
            f"INSERT INTO hold_touched WITH bad AS (SELECT * FROM typed_{contract.dataset} WHERE row_number IN ("
            f"SELECT row_number FROM check_failure WHERE dataset = '{contract.dataset}' AND severity = 'error')){more}"
            f" SELECT '{contract.dataset}', * FROM ({query})"
        )
    rows = con.execute(HOLDS).fetchall()
    touching = [one.dataset for one in known if one.holds != "none" and one.dataset in wrong]
    # an id that no user has, but for a blank or a mark, is that user: nobody else is meant, nor is anybody else held
    meant = meant_students(con, (student for student, _, _ in rows)) if rows else {}
    note_touching_rows(con, touching, meant)
    holds = ((meant.get(student, student), class_id, rule) for student, class_id, rule in rows)
    return in_order(CheckHold(student=student, class_id=class_id, reason=rule) for student, class_id, rule in holds)


def in_order(holds: Iterable[CheckHold]) -> tuple[CheckHold, ...]:
    """Holds by student, those of the whole report first."""
    return tuple(
        sorted(set(holds), key=lambda hold: (hold.student, hold.class_id is not None, hold.class_id, hold.reason))
    )
