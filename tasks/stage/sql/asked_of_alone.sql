-- Questions about a piece for which one student alone waits, in some of the student's courses; and whether the extract has a
-- row about the mark that was accepted.
SELECT q.cause_code, q.class_id, q.line_item_id, q.person_ref, q.part_id, r.line_item_id IS NOT NULL AS has_row
FROM lake.out_question q
JOIN lake.out_work w ON w.cycle_id = q.cycle_id AND w.school_id = q.school_id AND w.extract_id = q.extract_id
  AND w.policy = q.policy AND w.cutoff_date = q.cutoff_date AND w.line_item_id = q.line_item_id
  AND w.work_state = 'to_mark' AND w.person_ref = $student
LEFT JOIN lake.core_result r
  ON r.extract_id = q.extract_id AND r.line_item_id = q.line_item_id AND r.person_ref = $student
WHERE q.cycle_id = $cycle_id AND q.school_id = $school_id AND q.extract_id = $extract_id AND q.policy = $policy
  AND q.cutoff_date = $cutoff AND q.student_count = 1 AND list_contains($classes, w.class_id)
ORDER BY ALL;
