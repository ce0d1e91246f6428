-- Who left every class before the cut-off, with the last day; and who is among them only in part is not.
SELECT person_ref, max(left_date) FROM lake.out_course_summary
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff
GROUP BY person_ref
HAVING bool_and(left_date IS NOT NULL)
ORDER BY person_ref;
