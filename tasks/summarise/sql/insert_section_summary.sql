INSERT INTO lake.out_section_summary
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, class_id,
  count(*), count(current_percent), sum(missing_count), sum(late_count)
FROM graded_course GROUP BY class_id;
