-- The percentages of a course in earlier reports: what this cycle was compared with, what that one had been compared
-- with, and so on back. Where a cycle was summarised more than once, the summary with the figure that was compared.
WITH RECURSIVE known AS (
  SELECT person_ref, cycle_id, class_id, extract_id, policy, cutoff_date, known_at, against_cycle_id, against_class_id,
    percent_then, percent_now
  FROM lake.out_course_trend
  WHERE against = 'previous_cycle' AND school_id = $school_id AND list_contains($students, person_ref)
),
this AS (
  SELECT * FROM known
  WHERE cycle_id = $cycle_id AND extract_id = $extract_id AND policy = $policy AND cutoff_date = $cutoff
),
back AS (
  SELECT person_ref, class_id, 1 AS steps, against_cycle_id, against_class_id, percent_then, known_at FROM this
  UNION ALL
  SELECT b.person_ref, b.class_id, b.steps + 1, k.against_cycle_id, k.against_class_id, k.percent_then, b.known_at
  FROM back b, LATERAL (
    SELECT max_by({'cycle': against_cycle_id, 'class': against_class_id, 'percent': percent_then},
      (percent_now = b.percent_then, known_at, cutoff_date, policy, extract_id)) AS chosen
    FROM known
    WHERE known.person_ref = b.person_ref AND known.cycle_id = b.against_cycle_id
      AND known.class_id = b.against_class_id AND known.known_at <= b.known_at
  ) x, LATERAL (
    SELECT x.chosen.cycle AS against_cycle_id, x.chosen.class AS against_class_id, x.chosen.percent AS percent_then
  ) k
  WHERE x.chosen IS NOT NULL AND b.steps < $most
),
cutoffs AS (SELECT cycle_id, max(cutoff_date) AS cutoff_date FROM lake.out_cycle WHERE school_id = $school_id GROUP BY ALL)
SELECT b.person_ref, b.class_id, c.cutoff_date, b.percent_then
FROM back b JOIN cutoffs c ON c.cycle_id = b.against_cycle_id
ORDER BY b.person_ref, b.class_id, b.steps DESC;
