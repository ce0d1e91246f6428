-- How a batch of students stand on each learning objective, by class.
SELECT person_ref, class_id, objective_id, percent, level, is_mastered, result_count
FROM lake.out_standard_summary
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff AND list_contains($students, person_ref)
ORDER BY person_ref, class_id, objective_id, source;
