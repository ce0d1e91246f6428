-- Marks on each learning objective. A mark of the objective itself goes before that of the whole result; both are of the
-- points possible of the line item. Only marks that count in the current grade, of line items of the cycle.
INSERT INTO lake.out_standard_summary
WITH about AS (
  SELECT person_ref, line_item_id, source, objective_id, max(score) AS own_score
  FROM lake.core_result_objective WHERE extract_id = $extract_id GROUP BY ALL
  UNION ALL
  SELECT r.person_ref, o.line_item_id, o.source, o.objective_id, NULL
  FROM lake.core_line_item_objective o
  JOIN lake.core_result r ON r.extract_id = $extract_id AND r.line_item_id = o.line_item_id
  WHERE o.extract_id = $extract_id AND NOT EXISTS (
    SELECT 1 FROM lake.core_result_objective x
    WHERE x.extract_id = $extract_id AND x.line_item_id = o.line_item_id AND x.person_ref = r.person_ref
      AND x.source = o.source AND x.objective_id = o.objective_id)
),
counted AS (
  SELECT a.person_ref, e.class_id, a.objective_id, a.source,
    (coalesce(a.own_score, r.score)::DECIMAL(38, 6) * 1000000)::HUGEINT AS earned,
    (i.points_possible::DECIMAL(38, 6) * 1000000)::HUGEINT AS possible,
    coalesce(r.score_date, i.due_date, DATE '0001-01-01') AS on_date, a.line_item_id
  FROM about a
  JOIN scope_item s ON s.line_item_id = a.line_item_id
  JOIN enrolled e ON e.line_id = s.line_id AND e.session_id = s.session_id AND e.person_ref = a.person_ref
  JOIN seat st ON st.person_ref = e.person_ref AND st.class_id = s.class_id AND st.session_id = e.session_id
  JOIN lake.core_line_item i ON i.extract_id = $extract_id AND i.line_item_id = a.line_item_id
  JOIN lake.core_result r
    ON r.extract_id = $extract_id AND r.line_item_id = a.line_item_id AND r.person_ref = a.person_ref
  WHERE i.points_possible > 0 AND coalesce(a.own_score, r.score) IS NOT NULL
    AND mark_state(s.is_omitted, s.is_optional,
      i.due_date IS NULL OR len(list_filter(st.spans, x -> x.first_day <= i.due_date AND i.due_date < x.end_day)) > 0,
      false, false, false, r.score_status, coalesce(r.score, a.own_score), r.score_date, r.submitted_at, r.is_incomplete,
      r.is_missing, i.due_date, $cutoff) IN (6, 7)  -- missing_marked and graded: see mark_states.py
),
chosen AS (
  SELECT person_ref, class_id, objective_id, source, count(*)::INTEGER AS result_count,
    CASE $standard_rule
      WHEN 'points' THEN {'earned': sum(earned)::HUGEINT, 'possible': sum(possible)::HUGEINT}
      WHEN 'highest' THEN max_by({'earned': earned, 'possible': possible}, (earned * 1000000000000 // possible, line_item_id))
      ELSE max_by({'earned': earned, 'possible': possible}, (on_date, line_item_id))
    END AS mark
  FROM counted GROUP BY ALL
)
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, person_ref, class_id, objective_id, source,
  result_count, rounded(mark.earned * 100, mark.possible, $places, $mode),
  list_filter($levels::STRUCT(level VARCHAR, lower HUGEINT)[],  -- bounds in billionths of a per cent
    x -> mark.earned * 100000000000 >= x.lower * mark.possible)[1].level,
  mark.earned * 100000000000 >= $mastery::HUGEINT * mark.possible
FROM chosen;
