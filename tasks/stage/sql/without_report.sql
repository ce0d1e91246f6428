-- Students of one school of whom the cycle has no course, or who left them all, and why. A student sits where the seats are,
-- else where the record says; where that is no school of the extract, at the first.
WITH seat AS (
  SELECT person_ref, school_id, begin_date, end_date FROM lake.core_enrollment
  WHERE extract_id = $extract_id AND role_code = 'student'
),
place AS (
  SELECT DISTINCT person_ref, school_id FROM seat
  UNION ALL
  SELECT DISTINCT person_ref, CASE WHEN list_contains($schools, school_id) THEN school_id ELSE $schools[1] END
  FROM lake.core_person
  WHERE extract_id = $extract_id AND role_code = 'student' AND person_ref NOT IN (SELECT person_ref FROM seat)
),
graded AS (
  SELECT person_ref, bool_and(left_date IS NOT NULL) AS has_left FROM lake.out_course_summary
  WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
    AND cutoff_date = $cutoff
  GROUP BY person_ref
)
SELECT p.person_ref, CASE
    WHEN any_value(g.has_left) THEN 'left'
    WHEN count(s.person_ref) = 0 THEN 'no-seat'
    WHEN NOT bool_or(coalesce(s.begin_date <= $cutoff, true)) THEN 'not-begun'
    WHEN NOT bool_or(coalesce(s.begin_date <= $cutoff, true) AND coalesce(s.end_date > $cutoff, true)) THEN 'left'
    WHEN $has_session THEN 'no-class'
    ELSE 'other-session'
  END AS reason
FROM place p
LEFT JOIN seat s ON s.person_ref = p.person_ref AND s.school_id = p.school_id
LEFT JOIN graded g ON g.person_ref = p.person_ref
WHERE p.school_id = $school_id AND (g.person_ref IS NULL OR g.has_left)
GROUP BY p.person_ref
ORDER BY p.person_ref;
