INSERT INTO lake.out_student_trend
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, person_ref, against, against_cycle_id, measure,
  count(*), rounded((sum(change_percent) * 1000000)::HUGEINT, count(*) * 1000000, $places, $mode),
  count(*) FILTER (change_percent > 0), count(*) FILTER (change_percent < 0), count(*) FILTER (change_percent = 0)
FROM course_trend GROUP BY person_ref, against, against_cycle_id, measure;
