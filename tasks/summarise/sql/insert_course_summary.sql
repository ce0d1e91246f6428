INSERT INTO lake.out_course_summary
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, person_ref, class_id,
  current_percent, final_percent, letter, grade_source,
  graded_count, missing_count, late_count, ungraded_count
FROM graded_course;
