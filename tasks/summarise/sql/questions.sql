-- What must be decided before the grades of a cycle are true. Nothing is asked about those who left: they have no letter.
-- Pieces that are due: whose work each is, and who still waits for a mark on it.
CREATE OR REPLACE TEMP TABLE due_mark AS
SELECT m.section_id AS class_id, m.line_item_id, m.person_ref, m.class_id AS line_class_id,
  m.state IN ('ungraded', 'submitted') AS is_unmarked
FROM mark m
JOIN enrolled e ON e.person_ref = m.person_ref AND e.line_id = m.line_id AND e.session_id = m.session_id
JOIN line_rule c ON c.line_id = m.line_id AND c.session_id = m.session_id AND NOT c.counts_blanks
WHERE e.left_date IS NULL AND m.possible > 0 AND m.state IN (
  'graded', 'missing', 'missing_marked', 'awaits_review', 'incomplete', 'ungraded', 'submitted');

-- Where a grade of the whole course was set elsewhere and is printed, no piece of it is asked for.
CREATE OR REPLACE TEMP TABLE set_elsewhere AS
SELECT person_ref, class_id FROM graded_course WHERE grade_source = 'imported';

CREATE OR REPLACE TEMP TABLE undecided AS
WITH counted AS (
  SELECT line_item_id, count(*) AS everybody, count(*) FILTER (is_unmarked) AS unmarked FROM due_mark GROUP BY line_item_id
  UNION ALL
  SELECT line_item_id, everybody, unmarked FROM plain_piece
),
piece AS (
  SELECT line_item_id, CASE WHEN 100 * sum(unmarked) >= $share * sum(everybody) THEN 'unmarked-piece' ELSE 'unmarked-pupil' END
    AS cause_code
  FROM counted GROUP BY line_item_id HAVING sum(unmarked) > 0
),
unmarked AS (
  SELECT class_id, line_item_id, person_ref, line_class_id FROM due_mark WHERE is_unmarked
  UNION ALL
  SELECT class_id, line_item_id, person_ref, class_id FROM plain_work
  WHERE possible > 0 AND state IN ('ungraded', 'submitted')
),
asked AS (
  SELECT p.cause_code, u.class_id, u.line_item_id, u.person_ref, '' AS part_id, u.line_class_id
  FROM unmarked u JOIN piece p ON p.line_item_id = u.line_item_id
  UNION ALL
  SELECT f.cause_code, f.class_id, '', e.person_ref, f.part_id, e.class_id
  FROM empty_part f JOIN enrolled e ON e.class_id = f.class_id
  WHERE e.left_date IS NULL
  UNION ALL
  SELECT 'move-differs', e.class_id, '', e.person_ref, m.from_class, e.class_id
  FROM move_differs m JOIN enrolled e ON e.line_id = m.line_id
  WHERE e.left_date IS NULL
)
SELECT a.*, a.cause_code IN ('unmarked-pupil', 'move-differs') AS is_of_one
FROM asked a
LEFT JOIN set_elsewhere s ON s.person_ref = a.person_ref AND s.class_id = a.line_class_id
LEFT JOIN decided_question d ON d.cause_code = a.cause_code AND d.class_id = a.class_id AND d.line_item_id = a.line_item_id
  AND d.part_id = a.part_id
  AND d.person_ref = CASE WHEN a.cause_code IN ('unmarked-pupil', 'move-differs') THEN a.person_ref ELSE '' END
WHERE $is_asked AND s.person_ref IS NULL AND d.cause_code IS NULL;

CREATE OR REPLACE TEMP TABLE open_course AS SELECT DISTINCT person_ref, line_class_id AS class_id FROM undecided;

CREATE OR REPLACE TEMP VIEW question AS
SELECT cause_code, class_id, line_item_id, person_ref, part_id, 1 AS student_count FROM undecided WHERE is_of_one
UNION ALL
SELECT cause_code, class_id, line_item_id, '', part_id, count(DISTINCT person_ref) FROM undecided WHERE NOT is_of_one
GROUP BY cause_code, class_id, line_item_id, part_id;
