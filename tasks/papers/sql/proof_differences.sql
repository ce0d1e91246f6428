-- Every grade that was set elsewhere and is not the one computed here, and which of the two the report prints.
SELECT c.person_ref, c.class_id, c.computed_percent, c.computed_letter, c.imported_percent, c.imported_grade,
  s.grade_source
FROM lake.out_grade_difference c
LEFT JOIN lake.out_course_summary s ON s.cycle_id = c.cycle_id AND s.school_id = c.school_id
  AND s.extract_id = c.extract_id AND s.policy = c.policy AND s.cutoff_date = c.cutoff_date
  AND s.person_ref = c.person_ref AND s.class_id = c.class_id
WHERE c.cycle_id = $cycle_id AND c.school_id = $school_id AND c.extract_id = $extract_id AND c.policy = $policy
  AND c.cutoff_date = $cutoff;
