-- Each student against the cycle before.
SELECT c.person_ref, c.course_count, c.mean_change_percent
FROM lake.out_student_trend c
WHERE c.cycle_id = $cycle_id AND c.school_id = $school_id AND c.extract_id = $extract_id AND c.policy = $policy
  AND c.cutoff_date = $cutoff AND c.against = 'previous_cycle';
