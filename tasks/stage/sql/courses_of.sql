-- The courses of some students in what was prepared.
SELECT person_ref, class_id FROM lake.out_course_summary
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff AND list_contains($students, person_ref)
ORDER BY ALL;
