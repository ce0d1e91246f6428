-- Student × line item, with the points a mark counts with, in units of 10^-12 point. One row also where there is no result.
-- A percentage of the policy has at most four decimals, so nothing is rounded. Plain classes are not in here.
CREATE OR REPLACE TEMP TABLE mark AS
WITH seen AS (
  SELECT
    e.person_ref, e.class_id, e.session_id, i.line_item_id, s.category, s.period, s.item_session_id,
    s.is_extra, s.is_fixed, i.title, i.due_date, i.points_possible, r.score, r.score_date,
    (coalesce(r.is_late, false)
      -- under a late policy, where the source has no word for late, the day of the score tells
      OR (c.late_percent IS NOT NULL AND c.late_by_score_date AND NOT r.has_late_flag AND r.score IS NOT NULL
        AND r.score_status <> 'not submitted' AND r.score_date > i.due_date)
    ) AND r.score_status <> 'exempt' AND coalesce(r.score_date <= $cutoff, true) AS is_late,
    list_extract($states, mark_state(s.is_omitted, r.score_status, r.score, r.score_date, r.is_incomplete, r.is_missing,
      i.due_date, $cutoff)) AS state,
    CASE
      WHEN r.submitted_at >= i.due_date + INTERVAL 1 DAY
        THEN greatest((epoch_us(r.submitted_at) - epoch_us(i.due_date + INTERVAL 1 DAY) + 3599999999) // 3600000000, 1)
      WHEN r.score_date > i.due_date THEN (r.score_date - i.due_date) * 24
      ELSE 1
    END AS late_hours,
    c.late_percent, c.late_by_hour, c.floor_percent, c.missing_percent
  FROM enrolled e
  JOIN scope_item s ON s.class_id = e.class_id AND s.session_id = e.session_id
  JOIN lake.core_line_item i ON i.extract_id = $extract_id AND i.line_item_id = s.line_item_id
  JOIN class_rule c ON c.class_id = e.class_id AND NOT c.is_plain
  LEFT JOIN lake.core_result r
    ON r.extract_id = $extract_id AND r.line_item_id = i.line_item_id AND r.person_ref = e.person_ref
),
exact AS (
  SELECT *,
    (coalesce(points_possible, 0) * 1000000)::HUGEINT AS worth,  -- millionths of a point
    (score * 1000000)::HUGEINT AS millionths,
    CASE WHEN late_by_hour THEN late_hours ELSE (late_hours + 23) // 24 END AS intervals
  FROM seen
),
counted AS (
  SELECT *,
    CASE WHEN is_late AND late_percent IS NOT NULL THEN
      greatest(0::HUGEINT, least(
        worth * late_percent::HUGEINT * intervals, millionths * 1000000 - worth * floor_percent::HUGEINT))
    ELSE 0::HUGEINT END AS late_units
  FROM exact
)
SELECT
  person_ref, class_id, session_id, line_item_id, category, period, item_session_id, is_extra, is_fixed, title, due_date,
  points_possible, score, score_date, state, is_late, intervals, late_units,
  state IN ('graded', 'missing_marked') OR (state = 'missing' AND missing_percent IS NOT NULL) AS in_current,
  state IN ('graded', 'missing_marked', 'awaits_review', 'ungraded', 'missing', 'incomplete') AS in_final,
  CASE
    WHEN state IN ('graded', 'missing_marked', 'awaits_review') THEN millionths * 1000000 - late_units
    WHEN state = 'missing' AND missing_percent IS NOT NULL THEN worth * (1000000 - missing_percent)::HUGEINT
    ELSE 0::HUGEINT
  END AS earned,
  worth * 1000000 AS possible
FROM counted;
