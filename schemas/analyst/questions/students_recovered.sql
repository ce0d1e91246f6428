-- How many students of concern recovered? Of concern in a cycle: a final percentage below 60, or 3 line items missing
-- or more; recovered: neither in the school's next cycle.
--   school_id: the school
--   cycle_id: the cycle in which they were of concern
--   next_cycle_id: the school's next cycle, by cut-off
--   concern_count: students of concern who have a report in both; null where they are few
--   recovered_count: of these, who are not of concern in the next cycle; null where they, or the others, are few
WITH cycle AS (
  SELECT cycle_id, school_id,
    lead(cycle_id) OVER (PARTITION BY school_id ORDER BY max(cutoff_date), cycle_id) AS next_cycle_id
  FROM known.counting GROUP BY cycle_id, school_id
), state AS (
  SELECT k.cycle_id, k.school_id, k.person_ref,
    k.missing_count >= 3 OR coalesce(bool_or(c.final_percent < 60), false) AS is_concern
  FROM known.counting k
  LEFT JOIN known.counting_course c USING (cycle_id, school_id, person_ref)
  GROUP BY k.cycle_id, k.school_id, k.person_ref, k.missing_count
), counted AS (
  SELECT c.school_id, c.cycle_id, c.next_cycle_id, count(n.person_ref) AS concern_count,
    count(n.person_ref) FILTER (NOT n.is_concern) AS recovered_count, any_value(small_cell) AS small_cell
  FROM cycle c
  CROSS JOIN known.setting
  LEFT JOIN state s ON s.school_id = c.school_id AND s.cycle_id = c.cycle_id AND s.is_concern
  LEFT JOIN state n ON n.school_id = s.school_id AND n.cycle_id = c.next_cycle_id AND n.person_ref = s.person_ref
  WHERE c.next_cycle_id IS NOT NULL
  GROUP BY ALL
)
SELECT school_id, cycle_id, next_cycle_id,
  CASE WHEN concern_count >= small_cell OR concern_count = 0 THEN concern_count END AS concern_count,
  CASE WHEN (concern_count >= small_cell OR concern_count = 0)
      AND recovered_count NOT BETWEEN 1 AND small_cell - 1
      AND concern_count - recovered_count NOT BETWEEN 1 AND small_cell - 1
    THEN recovered_count END AS recovered_count
FROM counted
ORDER BY school_id, cycle_id;
