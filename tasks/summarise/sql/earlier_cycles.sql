-- The cycles that this one is compared with; a progress notice, which names some courses only, is none of them. What
-- became known after this run never counts. A term before termpost that was read in afterwards counts where no cycle of
-- our own is of that session and kind.
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
