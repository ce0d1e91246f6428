-- Courses of a batch of students, by what a decision about a question of grades may be about.
SELECT person_ref, class_id, moved_from, is_open FROM lake.out_course_summary
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff AND list_contains($students, person_ref)
ORDER BY ALL;
