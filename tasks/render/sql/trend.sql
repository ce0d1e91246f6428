-- The percentages of a course in earlier reports: what this cycle was compared with, what that one had been compared
-- with, and so on back. Where a cycle was summarised more than once, the summary with the figure that was compared. Told
-- is what its report printed: of a midterm the current percentage, else the final one; nothing where it printed none.
WITH RECURSIVE known AS (
  SELECT person_ref, cycle_id, class_id, extract_id, policy, cutoff_date, known_at, against_cycle_id, against_class_id,
    measure, percent_then, percent_now
  FROM lake.out_course_trend
  WHERE against = 'previous_cycle' AND school_id = $school_id AND list_contains($students, person_ref)
),
this AS (
  SELECT * FROM known
  WHERE cycle_id = $cycle_id AND extract_id = $extract_id AND policy = $policy AND cutoff_date = $cutoff
),
back AS (
  SELECT person_ref, class_id, 1 AS steps, against_cycle_id, against_class_id, measure, percent_then, known_at FROM this
  UNION ALL
  SELECT b.person_ref, b.class_id, b.steps + 1, k.against_cycle_id, k.against_class_id, k.measure, k.percent_then, b.known_at
  FROM back b, LATERAL (
    SELECT max_by({'cycle': against_cycle_id, 'class': against_class_id, 'measure': measure, 'percent': percent_then},
      (percent_now = b.percent_then, known_at, cutoff_date, policy, extract_id)) AS chosen
    FROM known
    WHERE known.person_ref = b.person_ref AND known.cycle_id = b.against_cycle_id
      AND known.class_id = b.against_class_id AND known.known_at <= b.known_at
  ) x, LATERAL (
    SELECT x.chosen.cycle AS against_cycle_id, x.chosen.class AS against_class_id, x.chosen.measure AS measure,
      x.chosen.percent AS percent_then
  ) k
  WHERE x.chosen IS NOT NULL AND b.steps < $most
),
printed AS (
  SELECT b.person_ref, b.class_id, b.steps,
    max_by({
      'day': s.cutoff_date,
      'percent': CASE WHEN y.kind = 'midterm' AND s.grade_source <> 'imported' THEN s.current_percent ELSE s.final_percent END,
      'is_printed': NOT s.is_open AND s.left_date IS NULL AND coalesce(s.weighed_percent >= $min_share, true)
    }, (s.known_at, s.cutoff_date, s.policy, s.extract_id)) AS told
  FROM back b
  JOIN lake.out_course_summary s
    ON s.person_ref = b.person_ref AND s.cycle_id = b.against_cycle_id AND s.class_id = b.against_class_id
  JOIN lake.out_cycle y ON y.cycle_id = s.cycle_id AND y.school_id = s.school_id AND y.extract_id = s.extract_id
    AND y.policy = s.policy AND y.cutoff_date = s.cutoff_date
  WHERE s.school_id = $school_id AND s.known_at <= b.known_at
    AND CASE b.measure WHEN 'current' THEN s.current_percent ELSE s.final_percent END = b.percent_then
  GROUP BY ALL
)
SELECT person_ref, class_id, told.day AS cutoff_date, told.percent
FROM printed WHERE told.is_printed AND told.percent IS NOT NULL
ORDER BY person_ref, class_id, steps DESC;
