INSERT INTO lake.out_work
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, m.person_ref, m.class_id, m.line_item_id,
  CASE WHEN m.state IN ('missing', 'missing_marked') THEN 'missing'
    WHEN m.state IN ('ungraded', 'submitted') THEN 'to_mark'
    WHEN m.state IN ('just_joined', 'left_out') THEN m.state
    ELSE 'late' END,
  CASE WHEN m.state IN ('later', 'excused') THEN NULL ELSE m.score END
FROM (
  SELECT person_ref, class_id, line_item_id, state, score FROM mark
  WHERE state IN ('missing', 'missing_marked', 'ungraded', 'submitted', 'just_joined', 'left_out') OR is_late
  UNION ALL
  SELECT person_ref, class_id, line_item_id, state, score FROM plain_work
) m;
