-- Plain classes as one long row of cells: a course after the other, within it the line items in order.
CREATE OR REPLACE TEMP TABLE plain_item AS
SELECT s.class_id, s.session_id, s.line_item_id, s.category, i.due_date,
  (coalesce(i.points_possible, 0) * 1000000)::BIGINT AS possible,  -- millionths of a point
  mark_state(s.is_omitted, NULL, NULL, NULL, NULL, NULL, i.due_date, $cutoff) AS state,  -- where there is no result
  s.is_omitted,
  row_number() OVER one - 1 AS position
FROM scope_item s
JOIN lake.core_line_item i ON i.extract_id = $extract_id AND i.line_item_id = s.line_item_id
JOIN class_rule c ON c.class_id = s.class_id AND c.is_plain
WINDOW one AS (PARTITION BY s.class_id, s.session_id ORDER BY s.category, i.points_possible DESC, s.line_item_id);

CREATE OR REPLACE TEMP TABLE plain_seat AS
WITH width AS (SELECT class_id, session_id, count(*) AS width FROM plain_item GROUP BY ALL),
seat AS (
  SELECT e.class_id, e.session_id, e.person_ref, coalesce(w.width, 0) AS width
  FROM enrolled e JOIN class_rule c ON c.class_id = e.class_id AND c.is_plain 
  LEFT JOIN width w ON w.class_id = e.class_id AND w.session_id = e.session_id
)
SELECT *, row_number() OVER so_far - 1 AS seat, (sum(width) OVER so_far)::BIGINT - width AS first_cell
FROM seat WINDOW so_far AS (ORDER BY class_id, session_id, person_ref ROWS UNBOUNDED PRECEDING);

CREATE OR REPLACE TEMP TABLE plain_mark AS
SELECT (s.first_cell + i.position)::BIGINT AS cell,
  mark_state(i.is_omitted, r.score_status, r.score, r.score_date, r.is_incomplete, r.is_missing, i.due_date, $cutoff)
    AS state,
  (r.score * 1000000)::BIGINT AS earned,
  r.is_late AND r.score_status <> 'exempt' AND coalesce(r.score_date <= $cutoff, true) AS is_late
FROM lake.core_result r
JOIN plain_item i ON i.line_item_id = r.line_item_id
JOIN plain_seat s ON s.class_id = i.class_id AND s.session_id = i.session_id AND s.person_ref = r.person_ref
WHERE r.extract_id = $extract_id;
