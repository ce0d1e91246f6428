SELECT w.person_ref, w.class_id, i.title, coalesce(o.due_date, i.due_date) AS due_date, w.work_state, w.score,
  i.points_possible, w.late_points
FROM lake.out_work w
JOIN lake.core_line_item i ON i.extract_id = w.extract_id AND i.line_item_id = w.line_item_id
LEFT JOIN lake.core_due_date o
  ON o.extract_id = w.extract_id AND o.line_item_id = w.line_item_id AND o.person_ref = w.person_ref
WHERE w.cycle_id = $cycle_id AND w.school_id = $school_id AND w.extract_id = $extract_id AND w.policy = $policy
  AND w.cutoff_date = $cutoff AND list_contains($students, w.person_ref)
ORDER BY w.person_ref, w.class_id, due_date, i.title, i.line_item_id, w.work_state;
