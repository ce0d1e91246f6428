INSERT INTO lake.out_course_summary
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, g.person_ref, g.class_id, g.current_percent,
  g.final_percent, g.letter, g.current_letter, g.if_missing_percent, g.weighed_percent, g.grade_source, g.graded_count,
  g.missing_count, g.late_count, g.ungraded_count, g.to_mark_count, o.person_ref IS NOT NULL, g.left_date, g.moved_from
FROM graded_course g
LEFT JOIN open_course o ON o.person_ref = g.person_ref AND o.class_id = g.class_id;
