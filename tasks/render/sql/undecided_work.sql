-- Work of a batch of students that the school has still to mark, and work that was left out by a decision.
SELECT w.person_ref, w.class_id, w.line_item_id, w.work_state, i.title
FROM lake.out_work w
JOIN lake.core_line_item i ON i.extract_id = w.extract_id AND i.line_item_id = w.line_item_id
WHERE w.cycle_id = $cycle_id AND w.school_id = $school_id AND w.extract_id = $extract_id AND w.policy = $policy
  AND w.cutoff_date = $cutoff AND w.work_state IN ('to_mark', 'left_out') AND list_contains($students, w.person_ref)
ORDER BY ALL;
