-- Which courses stand on the reports of one school's cycle, before anybody left one off.
SELECT s.person_ref, s.class_id
FROM lake.out_course_summary s
JOIN lake.core_class c ON c.extract_id = s.extract_id AND c.class_id = s.class_id
WHERE s.cycle_id = $cycle_id AND s.school_id = $school_id AND s.extract_id = $extract_id AND s.policy = $policy
  AND s.cutoff_date = $cutoff AND list_contains($students, s.person_ref);
