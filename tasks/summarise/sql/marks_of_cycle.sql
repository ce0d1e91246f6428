-- Student × line item of the cycle, with the state that interface.md gives it. One row also where there is no result.
CREATE OR REPLACE TEMP TABLE mark AS
WITH
top AS (SELECT start_date, end_date, is_assumed FROM cycle_session WHERE is_top),
item AS (
  SELECT i.* FROM lake.core_line_item i, top
  WHERE i.extract_id = $extract_id AND (
    i.session_id IN (SELECT session_id FROM cycle_session)
    OR (i.session_id IS NULL AND i.due_date >= top.start_date AND i.due_date < top.end_date)
    OR top.is_assumed
  )
),
enrolled AS (
  SELECT DISTINCT e.class_id, e.person_ref
  FROM lake.core_enrollment e, top
  WHERE e.extract_id = $extract_id AND e.school_id = $school_id AND e.role_code = 'student'
    AND coalesce(e.begin_date <= $cutoff, true) AND coalesce(e.end_date > top.start_date, true)
)
SELECT
  e.person_ref, e.class_id, i.line_item_id, i.category_id, i.title, i.due_date, i.points_possible, r.score,
  CASE
    WHEN r.score_status = 'exempt' THEN 'excused'
    WHEN r.score_date > $cutoff THEN 'later'
    WHEN r.score_status = 'not submitted' AND r.score IS NULL THEN 'missing'
    WHEN r.score_status = 'not submitted' THEN 'missing_marked'
    WHEN r.score_status = 'fully graded' AND r.score IS NOT NULL THEN 'graded'
    WHEN r.score IS NOT NULL THEN 'awaits_review'
    WHEN i.due_date > $cutoff THEN 'later'  -- not due yet, so nothing is lacking
    ELSE 'ungraded'
  END AS state,
  coalesce(r.is_late, false) AND r.score_status <> 'exempt' AND coalesce(r.score_date <= $cutoff, true) AS is_late
FROM enrolled e
JOIN item i ON i.class_id = e.class_id
LEFT JOIN lake.core_result r
  ON r.extract_id = $extract_id AND r.line_item_id = i.line_item_id AND r.person_ref = e.person_ref;
