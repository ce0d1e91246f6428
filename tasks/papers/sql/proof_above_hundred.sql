-- Percentages above 100.
SELECT c.person_ref, c.class_id, greatest(c.current_percent, c.final_percent) AS percent
FROM lake.out_course_summary c
WHERE c.cycle_id = $cycle_id AND c.school_id = $school_id AND c.extract_id = $extract_id AND c.policy = $policy
  AND c.cutoff_date = $cutoff AND greatest(c.current_percent, c.final_percent) > 100;
