-- Work is the cycle's by its session. Where that says nothing, or names one that the cycle is a part of, it is by the due
-- date; where there is none, by the class, if all of that is the cycle's. Where no work of the extract has a session or a
-- date (gradebooks beside a roster), what was handed in for the cycle is the cycle's, as without any sessions.
CREATE OR REPLACE TEMP TABLE cycle_item AS
WITH top AS (
  SELECT *, end_date + CASE WHEN EXISTS (
    SELECT 1 FROM lake.core_academic_session a WHERE a.extract_id = $extract_id AND a.start_date = cycle_session.end_date
  ) THEN 0 ELSE 1 END AS due_until  -- the end is exclusive; where no session begins on it, it was meant as the last day
  FROM cycle_session WHERE is_top
),
undated AS (
  SELECT count(*) > 0 AND count(session_id) = 0 AND count(due_date) = 0 AS is_so FROM lake.core_line_item
  WHERE extract_id = $extract_id
),
class_within AS (
  SELECT class_id FROM lake.core_class
  WHERE extract_id = $extract_id AND len(session_ids) > 0 AND (
    list_has_all((SELECT list(session_id) FROM cycle_session), session_ids)
    OR ((SELECT is_so FROM undated) AND (
      list_has_any(session_ids, (SELECT list(session_id) FROM cycle_session))
      OR list_has_any(session_ids, (SELECT list(session_id) FROM session_around)))))
)
SELECT i.class_id, i.line_item_id, m.session_id IS NOT NULL AS is_by_session
FROM lake.core_line_item i
CROSS JOIN top
LEFT JOIN cycle_session m ON m.session_id = i.session_id
WHERE i.extract_id = $extract_id AND (
  top.is_assumed OR m.session_id IS NOT NULL
  OR ((i.session_id IS NULL OR i.session_id IN (SELECT session_id FROM session_around)) AND CASE
      WHEN i.due_date IS NOT NULL THEN i.due_date >= top.start_date AND i.due_date < top.due_until
      ELSE i.class_id IN (SELECT class_id FROM class_within)
    END)
);

-- Class × session that a grade is of: the cycle's, for classes held in it, around it, or with work in it.
CREATE OR REPLACE TEMP TABLE scope AS
SELECT c.class_id, top.session_id, top.start_date, top.end_date, top.is_assumed
FROM lake.core_class c, (SELECT * FROM cycle_session WHERE is_top) top
WHERE c.extract_id = $extract_id AND (
  top.is_assumed OR list_has_any(c.session_ids, (SELECT list(session_id) FROM cycle_session))
  OR list_has_any(c.session_ids, (SELECT list(session_id) FROM session_around))
  OR c.class_id IN (SELECT class_id FROM cycle_item)
);

-- What is the cycle's by its due date lies in the period with a weight of that date, if there is one.
CREATE OR REPLACE TEMP TABLE scope_line_item AS
SELECT s.class_id, s.session_id, i.line_item_id, CASE WHEN n.is_by_session THEN i.session_id ELSE coalesce((
    SELECT arg_min(w.session_id, (w.end_date - w.start_date, w.session_id)) FROM cycle_session w
    WHERE list_contains($weighted, w.session_id) AND NOT w.is_top AND i.due_date >= w.start_date AND i.due_date < w.end_date
  ), i.session_id) END AS item_session_id,
  i.category_id, i.due_date, i.points_possible, i.points_min
FROM scope s
JOIN lake.core_line_item i ON i.class_id = s.class_id
JOIN cycle_item n ON n.line_item_id = i.line_item_id AND n.class_id = i.class_id
WHERE i.extract_id = $extract_id;
