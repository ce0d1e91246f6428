SELECT person_ref FROM lake.out_student_summary
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff
ORDER BY person_ref;
