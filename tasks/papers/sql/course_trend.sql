-- How each course of a batch of students stands against the cycle before.
SELECT person_ref, class_id, percent_then, change_percent
FROM lake.out_course_trend
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff AND against = 'previous_cycle' AND list_contains($students, person_ref);
