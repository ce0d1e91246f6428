-- Work of one class that the school has still to mark, student by student: who must say so, and whether it is handed in.
SELECT w.line_item_id, i.title, i.due_date, w.person_ref,
  coalesce(r.score_status IN ('submitted', 'partially graded') OR r.submitted_at IS NOT NULL, false) AS is_handed_in
FROM lake.out_work w
JOIN lake.core_line_item i ON i.extract_id = w.extract_id AND i.line_item_id = w.line_item_id
LEFT JOIN lake.core_result r
  ON r.extract_id = w.extract_id AND r.line_item_id = w.line_item_id AND r.person_ref = w.person_ref
WHERE w.cycle_id = $cycle_id AND w.school_id = $school_id AND w.extract_id = $extract_id AND w.policy = $policy
  AND w.cutoff_date = $cutoff AND w.work_state = 'to_mark' AND i.class_id = $class_id
ORDER BY i.due_date, i.title, w.line_item_id, w.person_ref;
