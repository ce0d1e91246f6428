-- What one preparation asks about grades; of how many who wait for a piece the work is handed in, since no word of a teacher
-- that a class is complete settles that; and who alone waits for a piece of which the extract has no accepted row.
WITH waits AS (
  SELECT w.line_item_id, w.person_ref, w.class_id, r.line_item_id IS NULL AS has_no_row,
    r.score_status IN ('submitted', 'partially graded') OR r.submitted_at IS NOT NULL AS is_handed_in
  FROM lake.out_work w
  LEFT JOIN lake.core_result r
    ON r.extract_id = w.extract_id AND r.line_item_id = w.line_item_id AND r.person_ref = w.person_ref
  WHERE w.cycle_id = $cycle_id AND w.school_id = $school_id AND w.extract_id = $extract_id AND w.policy = $policy
    AND w.cutoff_date = $cutoff AND w.work_state = 'to_mark'
)
SELECT q.cause_code, q.class_id, q.line_item_id, q.person_ref, q.part_id, max(q.student_count),
  count(*) FILTER (w.is_handed_in),
  min(w.person_ref) FILTER (w.has_no_row AND q.student_count = 1),
  min(w.class_id) FILTER (w.has_no_row AND q.student_count = 1)
FROM lake.out_question q
LEFT JOIN waits w ON w.line_item_id = q.line_item_id AND (q.person_ref IS NULL OR w.person_ref = q.person_ref)
WHERE q.cycle_id = $cycle_id AND q.school_id = $school_id AND q.extract_id = $extract_id AND q.policy = $policy
  AND q.cutoff_date = $cutoff
GROUP BY q.cause_code, q.class_id, q.line_item_id, q.person_ref, q.part_id
ORDER BY ALL;
