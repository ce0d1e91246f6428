-- The courses of a batch of students, in the order they are printed.
SELECT s.person_ref, s.class_id, c.title, c.subject, s.current_percent, s.final_percent, s.letter,
  s.graded_count, s.missing_count, s.late_count,
  (SELECT list(e.person_ref ORDER BY e.person_ref) FROM lake.core_enrollment e
   WHERE e.extract_id = s.extract_id AND e.class_id = s.class_id AND e.role_code = 'teacher') AS teachers, s.is_open
FROM lake.out_course_summary s
JOIN lake.core_class c ON c.extract_id = s.extract_id AND c.class_id = s.class_id
WHERE s.cycle_id = $cycle_id AND s.school_id = $school_id AND s.extract_id = $extract_id AND s.policy = $policy
  AND s.cutoff_date = $cutoff AND list_contains($students, s.person_ref)
ORDER BY s.person_ref, c.title, s.class_id;
