"""A lake in memory with a mark for nearly every student and line item, made by SQL: 100 results for each student."""

from datetime import date

import duckdb
from termpost.schemas.base.refs import Cycle, CycleId, ExtractId, SchoolId, SessionId
from termpost.tasks.lake.connection import memory_connection, suit_rows
from termpost.tasks.lake.new_tables import table_files
from termpost.tasks.lake.sql import execute_each

EXTRACT, SCHOOL = ExtractId("made"), SchoolId("school")
CYCLE = Cycle(CycleId("cycle"), SCHOOL, SessionId("fall"), "final", date(2021, 12, 10))
CLASSES, ITEMS, SEATS = 7, 15, 30  # of a student, of a class, in a class

FILL = """
INSERT INTO lake.core_academic_session VALUES
  ('made', now(), 'fall', 'Fall', 'semester', DATE '2021-08-23', DATE '2021-12-18', NULL);
INSERT INTO lake.core_category VALUES
  ('made', now(), 'h', 'Homework', NULL), ('made', now(), 'q', 'Quiz', NULL), ('made', now(), 'e', 'Exam', NULL);
INSERT INTO lake.core_class
SELECT 'made', now(), 'class-' || c, 'school', 'Class', NULL, ['fall'], 'course-' || c // 4, 'scheduled'
FROM range(ceil($students / $seats)::INT * $classes) r(c);
INSERT INTO lake.core_enrollment
SELECT 'made', now(), 'class-' || (s // $seats * $classes + k), 'school', left(md5(s::VARCHAR), 16), 'student',
  NULL, NULL
FROM range($students) a(s), range($classes) b(k);
INSERT INTO lake.core_line_item
SELECT 'made', now(), class_id || '-' || i, class_id,
  CASE WHEN i < 8 THEN 'h' WHEN i < 12 THEN 'q' ELSE 'e' END, 'fall', 'Item',
  DATE '2021-09-01' + (i * 7)::INTEGER, CASE WHEN i < 8 THEN 10 + i % 3 * 5 WHEN i < 12 THEN 20 ELSE 100 END, NULL, NULL
FROM lake.core_class, range($items) b(i);
INSERT INTO lake.core_result
SELECT 'made', now(), class_id, line_item_id, person_ref,
  CASE WHEN h % 100 < 2 THEN 'exempt' WHEN h % 100 < 4 THEN 'not submitted' ELSE 'fully graded' END,
  CASE WHEN h % 100 >= 4 THEN h // 100 % (points_possible * 2 + 1)::BIGINT * 0.5 END,
  due_date, h % 37 = 0, false, false, false, NULL
FROM (
  SELECT e.person_ref, i.*, hash(e.person_ref, i.line_item_id) % 1000003 AS h
  FROM lake.core_enrollment e JOIN lake.core_line_item i ON i.class_id = e.class_id
) WHERE h % 1000 < 950;
"""


def made_lake(students: int) -> duckdb.DuckDBPyConnection:
    """Students with seven courses each, 5 in 100 marks missing altogether, some excused, missing or late."""
    lake = memory_connection()
    suit_rows(lake, students * ITEMS)
    lake.execute("ATTACH ':memory:' AS lake")
    for statement in table_files():
        lake.execute(statement)
    values = {"students": students, "classes": CLASSES, "items": ITEMS, "seats": SEATS}
    execute_each(lake, FILL, values)
    return lake
