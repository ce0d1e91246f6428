-- Classes in which the grade of some students waits, with who waits there; of a move the class that was left too.
SELECT DISTINCT unnest([class_id, moved_from]), person_ref FROM lake.out_course_summary
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff AND is_open AND list_contains($students, person_ref);
