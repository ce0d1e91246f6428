-- What one preparation asks about grades, and of how many who wait for a piece the work is handed in: no word of a teacher
-- that a class is complete settles that.
WITH handed_in AS (
  SELECT w.line_item_id, w.person_ref,
    r.score_status IN ('submitted', 'partially graded') OR r.submitted_at IS NOT NULL AS is_handed_in
  FROM lake.out_work w
  LEFT JOIN lake.core_result r
    ON r.extract_id = w.extract_id AND r.line_item_id = w.line_item_id AND r.person_ref = w.person_ref
  WHERE w.cycle_id = $cycle_id AND w.school_id = $school_id AND w.extract_id = $extract_id AND w.policy = $policy
    AND w.cutoff_date = $cutoff AND w.work_state = 'to_mark'
)
SELECT q.cause_code, q.class_id, q.line_item_id, q.person_ref, q.part_id, max(q.student_count),
  count(*) FILTER (h.is_handed_in)
FROM lake.out_question q
LEFT JOIN handed_in h
  ON h.line_item_id = q.line_item_id AND (q.person_ref IS NULL OR h.person_ref = q.person_ref)
WHERE q.cycle_id = $cycle_id AND q.school_id = $school_id AND q.extract_id = $extract_id AND q.policy = $policy
  AND q.cutoff_date = $cutoff
GROUP BY ALL
ORDER BY ALL;
