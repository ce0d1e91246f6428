-- Class × session that a grade is of, where no cycle says it: the sessions a class is held in. A grading period, and a
-- session with a weight of its own ($weighted), is a part of the session above it.
CREATE OR REPLACE TEMP TABLE session_above AS
WITH RECURSIVE up AS (
  SELECT session_id, session_id AS above_id, parent_id, 0 AS steps FROM lake.core_academic_session
  WHERE extract_id = $extract_id
  UNION
  SELECT u.session_id, s.session_id, s.parent_id, u.steps + 1
  FROM up u JOIN lake.core_academic_session s ON s.session_id = u.parent_id
  WHERE s.extract_id = $extract_id AND u.steps < 20
)
SELECT u.session_id, u.above_id, u.steps, s.start_date, s.end_date,
  s.session_type = 'gradingPeriod' OR list_contains($weighted, s.session_id) AS is_part
FROM up u JOIN lake.core_academic_session s ON s.session_id = u.above_id
WHERE s.extract_id = $extract_id;

-- A gradebook that knows no sessions (Canvas) has one without a name.
INSERT INTO session_above SELECT '', '', 0, DATE '0001-01-01', DATE '9999-12-31', false;

CREATE OR REPLACE TEMP TABLE class_scope AS
WITH term AS (
  SELECT c.class_id, t.session_id
  FROM (SELECT class_id, unnest(session_ids) AS session_id FROM lake.core_class WHERE extract_id = $extract_id) t
  JOIN lake.core_class c USING (class_id)
  WHERE c.extract_id = $extract_id
),
first_term AS (
  SELECT t.class_id, min_by(t.session_id, (s.start_date, t.session_id)) AS session_id
  FROM term t JOIN session_above s ON s.session_id = t.session_id AND s.steps = 0 GROUP BY ALL
),
whole AS (
  SELECT t.class_id, t.session_id, min_by(s.above_id, s.steps) AS above_id
  FROM term t JOIN session_above s ON s.session_id = t.session_id AND NOT s.is_part GROUP BY ALL
)
SELECT DISTINCT t.class_id, coalesce(w.above_id, f.session_id) AS session_id
FROM term t JOIN first_term f USING (class_id) LEFT JOIN whole w ON w.class_id = t.class_id AND w.session_id = t.session_id
UNION ALL
SELECT class_id, '' FROM lake.core_class
WHERE extract_id = $extract_id AND class_id NOT IN (SELECT class_id FROM first_term);

-- A line item belongs to the nearest of its class's sessions around its own; else by its due date; else to the first.
CREATE OR REPLACE TEMP TABLE scope_line_item AS
SELECT i.class_id, arg_min(c.session_id, (
    coalesce(a.steps, 99), coalesce(i.due_date >= s.start_date AND i.due_date < s.end_date, false)::INTEGER * -1,
    s.start_date, c.session_id)) AS session_id,
  i.line_item_id, i.session_id AS item_session_id, i.category_id, i.due_date, i.points_possible, i.points_min
FROM lake.core_line_item i
JOIN class_scope c ON c.class_id = i.class_id
JOIN session_above s ON s.session_id = c.session_id AND s.steps = 0
LEFT JOIN session_above a ON a.session_id = i.session_id AND a.above_id = c.session_id
WHERE i.extract_id = $extract_id
GROUP BY i.class_id, i.line_item_id, i.session_id, i.category_id, i.due_date, i.points_possible, i.points_min;

-- Sessions with work; of a class without any, the one that runs or ran last.
CREATE OR REPLACE TEMP TABLE scope AS
SELECT c.class_id, c.session_id, s.start_date, s.end_date
FROM class_scope c JOIN session_above s ON s.session_id = c.session_id AND s.steps = 0
WHERE EXISTS (SELECT 1 FROM scope_line_item i WHERE i.class_id = c.class_id AND i.session_id = c.session_id)
  OR c.class_id NOT IN (SELECT class_id FROM scope_line_item)
QUALIFY c.class_id IN (SELECT class_id FROM scope_line_item) OR row_number() OVER (
  PARTITION BY c.class_id ORDER BY s.start_date > $cutoff, s.start_date DESC, c.session_id) = 1;
