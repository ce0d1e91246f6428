INSERT INTO lake.out_student_summary
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, person_ref,
  count(*), count(current_percent), sum(missing_count), sum(late_count)
FROM graded_course GROUP BY person_ref;
