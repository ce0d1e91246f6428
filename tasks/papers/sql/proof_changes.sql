-- Courses whose grade is another one than by the earlier preparation, or that are only in one of the two.
WITH now AS (
  FROM lake.out_course_summary
  WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
    AND cutoff_date = $cutoff
), before AS (
  FROM lake.out_course_summary
  WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $earlier_extract_id
    AND policy = $earlier_policy AND cutoff_date = $earlier_cutoff
)
SELECT person_ref, class_id, b.person_ref IS NOT NULL AS was_there, n.person_ref IS NOT NULL AS is_there,
  CASE WHEN $kind IN ('midterm', 'warning') THEN b.current_percent ELSE b.final_percent END AS percent_then, b.letter AS letter_then,
  CASE WHEN $kind IN ('midterm', 'warning') THEN n.current_percent ELSE n.final_percent END AS percent_now, n.letter AS letter_now
FROM before b FULL JOIN now n USING (person_ref, class_id)
WHERE b.person_ref IS NULL OR n.person_ref IS NULL OR b.letter IS DISTINCT FROM n.letter
  OR b.current_percent IS DISTINCT FROM n.current_percent OR b.final_percent IS DISTINCT FROM n.final_percent;
