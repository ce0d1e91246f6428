-- A school without a course in the cycle has none, as it has no other summary.
INSERT INTO lake.out_school_summary
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at,
  s.student_count, s.course_count, s.graded_courses,
  (SELECT count(*) FROM graded_course WHERE letter = 'I'),
  s.missing_count, s.late_count, a.absent_days, a.late_days,
  (SELECT count(DISTINCT person_ref) FROM lake.out_concern WHERE cycle_id = $cycle_id AND school_id = $school_id
    AND extract_id = $extract_id AND policy = $policy AND cutoff_date = $cutoff)
FROM (
  SELECT count(*) AS student_count, sum(course_count) AS course_count, sum(graded_courses) AS graded_courses,
    sum(missing_count) AS missing_count, sum(late_count) AS late_count
  FROM lake.out_student_summary WHERE cycle_id = $cycle_id AND school_id = $school_id
    AND extract_id = $extract_id AND policy = $policy AND cutoff_date = $cutoff
) s, (
  SELECT sum(absent_excused_days + absent_unexcused_days + absent_unstated_days) AS absent_days, sum(late_days) AS late_days
  FROM lake.out_attendance_summary WHERE cycle_id = $cycle_id AND school_id = $school_id
    AND extract_id = $extract_id AND policy = $policy AND cutoff_date = $cutoff
) a
WHERE s.student_count > 0;
