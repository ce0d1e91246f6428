-- Class × session that a grade is of: the cycle's session, for classes held within it, around it, or with work in it.
CREATE OR REPLACE TEMP TABLE scope AS
WITH RECURSIVE above AS (  -- a class of the whole year is a class of the semester too
  SELECT session_id, parent_id FROM lake.core_academic_session
  WHERE extract_id = $extract_id AND session_id = $session_id
  UNION
  SELECT s.session_id, s.parent_id
  FROM lake.core_academic_session s JOIN above a ON a.parent_id = s.session_id
  WHERE s.extract_id = $extract_id
)
SELECT c.class_id, top.session_id, top.start_date, top.end_date, top.is_assumed
FROM lake.core_class c, (SELECT * FROM cycle_session WHERE is_top) top
WHERE c.extract_id = $extract_id AND (
  top.is_assumed OR list_has_any(c.session_ids, (SELECT list(session_id) FROM cycle_session))
  OR list_has_any(c.session_ids, (SELECT list(session_id) FROM above))
  OR c.class_id IN (
    SELECT i.class_id FROM lake.core_line_item i WHERE i.extract_id = $extract_id AND (
      i.session_id IN (SELECT session_id FROM cycle_session)
      OR (i.session_id IS NULL AND i.due_date >= top.start_date AND i.due_date < top.end_date)))
);

CREATE OR REPLACE TEMP TABLE scope_line_item AS
SELECT s.class_id, s.session_id, i.line_item_id, i.session_id AS item_session_id, i.category_id, i.due_date, i.points_possible,
  i.points_min
FROM scope s JOIN lake.core_line_item i ON i.class_id = s.class_id
WHERE i.extract_id = $extract_id AND (
  i.session_id IN (SELECT session_id FROM cycle_session)
  OR (i.session_id IS NULL AND i.due_date >= s.start_date AND i.due_date < s.end_date) OR s.is_assumed
);
