-- Work of a batch of students that the school has still to mark.
SELECT person_ref, class_id, line_item_id FROM lake.out_work
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff AND work_state = 'to_mark' AND list_contains($students, person_ref);
