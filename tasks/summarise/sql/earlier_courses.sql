-- The courses of the earlier cycles: those of the student's released report, else those of the cycle's latest summary; of
-- a term before termpost neither a course whose rows are in doubt nor a student whose id was somebody else's then.
CREATE OR REPLACE TEMP TABLE earlier_course AS
WITH released AS (
  SELECT r.* FROM lake.out_release r
  WHERE r.school_id = $school_id AND r.known_at <= $known_at AND r.cycle_id IN (SELECT cycle_id FROM earlier_cycle)
  QUALIFY row_number() OVER (
    PARTITION BY r.cycle_id, r.person_ref
    ORDER BY r.known_at DESC, r.cutoff_date DESC, r.policy DESC, r.extract_id DESC) = 1
),
left_out AS (
  SELECT h.extract_id, h.person_ref, h.class_id FROM lake.core_hold h
  WHERE h.extract_id IN (SELECT extract_id FROM earlier_cycle WHERE is_backfilled)
  UNION ALL
  SELECT i.extract_id, i.person_ref, NULL FROM lake.core_reused_id i
  WHERE i.extract_id IN (SELECT extract_id FROM earlier_cycle WHERE is_backfilled)
)
SELECT e.against, e.cycle_id, s.extract_id, s.person_ref, s.class_id,
  CASE WHEN $kind IN ('midterm', 'warning') THEN s.current_percent ELSE s.final_percent END AS percent
FROM lake.out_course_summary s
JOIN earlier_cycle e ON e.cycle_id = s.cycle_id
LEFT JOIN released r ON r.cycle_id = s.cycle_id AND r.person_ref = s.person_ref
ANTI JOIN left_out o ON o.extract_id = s.extract_id AND o.person_ref = s.person_ref
  AND coalesce(o.class_id, s.class_id) = s.class_id
WHERE s.cycle_id <> $cycle_id AND s.school_id = $school_id AND s.known_at <= $known_at
  AND s.extract_id = coalesce(r.extract_id, e.extract_id) AND s.policy = coalesce(r.policy, e.policy)
  AND s.cutoff_date = coalesce(r.cutoff_date, e.cutoff_date);
