SELECT w.person_ref, w.class_id, i.title, i.due_date, w.work_state, w.score, i.points_possible
FROM lake.out_work w
JOIN lake.core_line_item i ON i.extract_id = w.extract_id AND i.line_item_id = w.line_item_id
WHERE w.cycle_id = $cycle_id AND w.school_id = $school_id AND w.extract_id = $extract_id AND w.policy = $policy
  AND w.cutoff_date = $cutoff AND w.work_state IN ('missing', 'late') AND list_contains($students, w.person_ref)
ORDER BY w.person_ref, w.class_id, i.due_date, i.title, i.line_item_id;
