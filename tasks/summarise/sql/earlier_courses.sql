-- The cycles that this one is compared with, and their courses: those of the student's released report, else those of
-- the cycle's latest summary; a progress notice, which names some courses only, is none of them. What became known after
-- this run never counts. A term before termpost that was read in afterwards counts where no cycle of our own is of that session and kind; of it neither a course whose rows are in doubt
-- nor a student whose id was somebody else's then.
CREATE OR REPLACE TEMP TABLE earlier_cycle AS
WITH newest AS (
  SELECT * FROM lake.out_cycle
  WHERE school_id = $school_id AND cycle_id <> $cycle_id AND known_at <= $known_at AND kind <> 'warning'
  QUALIFY row_number() OVER (
    PARTITION BY cycle_id ORDER BY known_at DESC, cutoff_date DESC, policy DESC, extract_id DESC) = 1
),
known AS (
  SELECT * FROM newest n WHERE NOT n.is_backfilled OR NOT (
    (n.session_id = $session_id AND n.kind = $kind AND abs(date_diff('day', n.cutoff_date, $cutoff::DATE)) <= 60)
    OR EXISTS (SELECT 1 FROM newest o WHERE NOT o.is_backfilled AND o.session_id = n.session_id AND o.kind = n.kind
      AND abs(date_diff('day', n.cutoff_date, o.cutoff_date)) <= 60))
),
apart AS (
  SELECT *, abs(date_diff('day', ($cutoff::DATE - INTERVAL 1 YEAR)::DATE, cutoff_date)) AS days FROM known
  WHERE kind = $kind
)
(SELECT 'previous_cycle' AS against, cycle_id, extract_id, policy, cutoff_date, is_backfilled FROM known WHERE cutoff_date < $cutoff
  ORDER BY known.cutoff_date DESC, cycle_id LIMIT 1)
UNION ALL
(SELECT 'last_year', cycle_id, extract_id, policy, cutoff_date, is_backfilled FROM apart WHERE days <= 45
  ORDER BY apart.days, cycle_id LIMIT 1);

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
