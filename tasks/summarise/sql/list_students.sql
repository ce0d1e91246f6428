SELECT person_ref FROM lake.out_course_summary
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff
GROUP BY person_ref
HAVING $leavers OR NOT bool_and(left_date IS NOT NULL)
ORDER BY person_ref;
