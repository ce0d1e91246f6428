-- A piece that came late and is not marked is listed as both.
INSERT INTO lake.out_work
WITH listed AS (
  SELECT *, CASE WHEN state IN ('missing', 'missing_marked') THEN 'missing'
      WHEN state IN ('ungraded', 'submitted') THEN 'to_mark'
      WHEN state IN ('incomplete', 'just_joined', 'left_out') THEN state
      ELSE 'late' END AS work_state
  FROM (
    SELECT person_ref, class_id, line_item_id, state, score, is_late, late_units FROM mark
    WHERE state IN ('missing', 'missing_marked', 'incomplete', 'ungraded', 'submitted', 'just_joined', 'left_out') OR is_late
    UNION ALL
    SELECT person_ref, class_id, line_item_id, state, score, is_late, 0::HUGEINT FROM plain_work)
),
told AS (
  SELECT * FROM listed
  UNION ALL
  SELECT * REPLACE ('late' AS work_state) FROM listed WHERE is_late AND work_state IN ('to_mark', 'incomplete')
)
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, person_ref, class_id, line_item_id, work_state,
  CASE WHEN state IN ('later', 'excused') THEN NULL ELSE score END,
  CASE WHEN state IN ('graded', 'missing_marked', 'awaits_review') AND late_units > 0
    THEN (late_units // 1000000)::DECIMAL(30, 0) * 0.000001 END
FROM told;
