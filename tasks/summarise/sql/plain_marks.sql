-- Plain classes: their line items in order, and for each student and course the marks as a list of numbers.
CREATE OR REPLACE TEMP TABLE plain_scope AS
SELECT row_number() OVER (ORDER BY k.line_id, k.session_id)::INTEGER - 1 AS scope_no, k.line_id, k.class_id, k.session_id
FROM scope_kind k JOIN line_rule c ON c.line_id = k.line_id AND c.session_id = k.session_id AND c.is_plain
ORDER BY scope_no;

CREATE OR REPLACE TEMP TABLE plain_item AS
SELECT *, row_number() OVER (PARTITION BY scope_no ORDER BY category, line_item_id) - 1 AS position
FROM (
  SELECT p.scope_no, s.line_item_id, s.category, i.due_date, s.is_omitted,
    (coalesce(i.points_possible, 0) * 1000000)::BIGINT AS possible,  -- millionths of a point
    mark_state(s.is_omitted, true, false, false, false, NULL, NULL, NULL, NULL, NULL, NULL, i.due_date, $cutoff) AS state  -- where there is no result
  FROM scope_item s
  JOIN plain_scope p ON p.line_id = s.line_id AND p.session_id = s.session_id
  JOIN lake.core_line_item i ON i.extract_id = $extract_id AND i.line_item_id = s.line_item_id
);

-- A mark in 63 bits: 41 for millionths of a point, 1 where there is a score, 16 for the position, 1 for late, 4 for the
-- state. plain_layout.py reads it; a score of 2^41 millionths or more makes no class plain.
CREATE OR REPLACE TEMP TABLE plain_taken AS
SELECT r.person_ref, i.scope_no, list(
    (coalesce((r.score * 1000000)::BIGINT, 0) << 22)
    + CASE WHEN r.score IS NULL THEN 0 ELSE 2097152 END
    + (i.position << 5)
    + CASE WHEN r.is_late AND r.score_status <> 'exempt' AND coalesce(r.score_date <= $cutoff, true) THEN 16 ELSE 0 END
    + mark_state(i.is_omitted, true, false, false, false, r.score_status, r.score, r.score_date, r.submitted_at, r.is_incomplete,
        r.is_missing, i.due_date, $cutoff)
  ) AS marks
FROM lake.core_result r JOIN plain_item i ON i.line_item_id = r.line_item_id
WHERE r.extract_id = $extract_id
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE plain_seat AS
SELECT e.person_ref, e.class_id, p.scope_no, coalesce(t.rowid, -1) AS place
FROM enrolled e
JOIN plain_scope p ON p.line_id = e.line_id AND p.session_id = e.session_id AND e.is_plain
LEFT JOIN plain_taken t ON t.person_ref = e.person_ref AND t.scope_no = p.scope_no
ORDER BY t.rowid NULLS LAST;  -- plain.py reads both in one go
