-- Only what the policy asks for: a threshold that is null compares with nothing. A course in which work was due and no mark
-- counts is that, and not a low grade besides.
INSERT INTO lake.out_concern
WITH course AS (
  SELECT person_ref, class_id, missing_count + ungraded_count AS due,
    grade_source = 'computed' AND graded_count = 0 AND missing_count + ungraded_count > 0 AS has_no_mark,
    CASE WHEN $kind IN ('midterm', 'warning') THEN current_percent ELSE final_percent END AS percent
  FROM graded_course
  WHERE $has_concern AND left_date IS NULL
),
found AS (
  SELECT person_ref, class_id, 'low_grade' AS reason_code, percent AS measured, $below_percent AS threshold FROM course
  WHERE percent < $below_percent AND NOT has_no_mark
  UNION ALL
  SELECT person_ref, class_id, 'no_grade', due, 1 FROM course WHERE has_no_mark
  UNION ALL
  SELECT person_ref, class_id, 'falling', -change_percent, $fall_percent FROM course_trend
  WHERE against = 'previous_cycle' AND -change_percent >= $fall_percent
  UNION ALL
  SELECT person_ref, NULL, 'missing_work', missing_count, $missing_items FROM lake.out_student_summary
  WHERE missing_count >= $missing_items AND cycle_id = $cycle_id AND school_id = $school_id
    AND extract_id = $extract_id AND policy = $policy AND cutoff_date = $cutoff
  UNION ALL
  SELECT person_ref, NULL, 'absent', absent_excused_days + absent_unexcused_days + absent_unstated_days, $absent_days
  FROM lake.out_attendance_summary
  WHERE absent_excused_days + absent_unexcused_days + absent_unstated_days >= $absent_days AND cycle_id = $cycle_id
    AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy AND cutoff_date = $cutoff
)
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, f.* FROM found f;
