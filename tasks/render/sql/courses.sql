-- The courses of a batch of students, as CourseSummary (tasks/render/course_model.py) has them.
SELECT s.person_ref, s.class_id, c.title, c.subject, s.current_percent, s.final_percent, s.letter, s.current_letter,
  s.if_missing_percent, s.weighed_percent, s.grade_source, s.graded_count, s.ungraded_count, s.to_mark_count, s.is_open,
  s.left_date, f.title AS moved_from,
  (SELECT list(e.person_ref ORDER BY e.person_ref) FROM lake.core_enrollment e
   WHERE e.extract_id = s.extract_id AND e.class_id = s.class_id AND e.role_code = 'teacher') AS teachers
FROM lake.out_course_summary s
JOIN lake.core_class c ON c.extract_id = s.extract_id AND c.class_id = s.class_id
LEFT JOIN lake.core_class f ON f.extract_id = s.extract_id AND f.class_id = s.moved_from
WHERE s.cycle_id = $cycle_id AND s.school_id = $school_id AND s.extract_id = $extract_id AND s.policy = $policy
  AND s.cutoff_date = $cutoff AND list_contains($students, s.person_ref)
ORDER BY s.person_ref, c.title, s.class_id;
