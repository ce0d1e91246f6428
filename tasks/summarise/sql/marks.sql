-- Student × line item, with the points a mark counts with, in units of 10^-12 point. One row also where there is no result.
-- A percentage of the policy has at most four decimals, so nothing is rounded. Plain seats are not in here.
CREATE OR REPLACE TEMP TABLE own_seat AS
SELECT e.*
FROM enrolled e JOIN line_rule c ON c.line_id = e.line_id AND c.session_id = e.session_id
WHERE NOT (c.is_plain AND e.is_plain);

CREATE OR REPLACE TEMP TABLE own_mark AS
WITH seen AS (
  SELECT
    e.person_ref, e.line_id, e.class_id, e.session_id, i.line_item_id, s.class_id AS section_id, s.place, s.category, s.period,
    s.item_session_id, s.is_extra, s.is_fixed, s.is_omitted, s.is_optional, s.is_low_better, s.is_beside, i.title, coalesce(o.due_date, i.due_date) AS due_date,
    CASE WHEN o.due_date IS NULL THEN i.due_at ELSE o.due_at END AS due_at, i.points_possible, coalesce(i.points_min, 0) AS points_min,
    r.score, r.score_date, r.score_status, r.submitted_at, r.is_incomplete, r.is_missing,
    CASE WHEN o.due_date IS NOT NULL AND r.submitted_at IS NOT NULL THEN r.submitted_at > o.due_at
      ELSE r.is_late END AS is_late_by_source,
    r.has_late_flag, st.spans, a.line_item_id IS NOT NULL AS is_accepted, f.class_id IS NOT NULL AS is_settled
  FROM own_seat e
  JOIN scope_item s ON s.line_id = e.line_id AND s.session_id = e.session_id
  JOIN lake.core_line_item i ON i.extract_id = $extract_id AND i.line_item_id = s.line_item_id
  JOIN seat st ON st.person_ref = e.person_ref AND st.class_id = s.class_id AND st.session_id = e.session_id
  LEFT JOIN lake.core_due_date o
    ON o.extract_id = $extract_id AND o.line_item_id = i.line_item_id AND o.person_ref = e.person_ref
  LEFT JOIN lake.core_result r
    ON r.extract_id = $extract_id AND r.line_item_id = i.line_item_id AND r.person_ref = e.person_ref
  LEFT JOIN accepted_blank a ON a.line_item_id = i.line_item_id AND (a.person_ref = e.person_ref OR a.person_ref = '')
  LEFT JOIN signed_off f ON f.class_id = s.class_id
),
placed AS (
  SELECT *,
    due_date IS NULL OR len(list_filter(spans, x -> x.first_day <= due_date AND due_date < x.end_day)) > 0 AS is_theirs,
    len(list_filter(spans, x -> x.first_day <= due_date AND due_date < x.end_day AND due_date < x.settled)) > 0 AS is_new
  FROM seen
)
SELECT * EXCLUDE (spans, is_omitted, is_optional, is_theirs, is_new, is_accepted, is_settled),
  list_extract($states, mark_state(is_omitted, is_optional, is_theirs, is_new, is_accepted, is_settled, score_status, score, score_date,
    submitted_at, is_incomplete, is_missing, due_date, $cutoff)) AS state
FROM placed;

-- A piece that stands in two sections of a line counts once, by the later section's mark where it has one: the same title
-- with the same due date, or, where a section has it once, with the same category.
CREATE OR REPLACE TEMP TABLE counted_elsewhere AS
WITH named AS (
  SELECT m.person_ref, m.line_id, m.session_id, m.line_item_id, m.place, lower(trim(m.title)) AS title, m.due_date, m.category,
    m.score IS NOT NULL AND m.state NOT IN ('not_theirs', 'later', 'practice') AS has_mark, m.state <> 'not_theirs' AS is_theirs,
    count(*) OVER (PARTITION BY m.person_ref, m.line_id, m.session_id, m.section_id, lower(trim(m.title))) AS namesakes
  FROM own_mark m
  JOIN line l ON l.line_id = m.line_id AND l.session_id = m.session_id
  WHERE len(l.from_classes) > 0
)
SELECT a.person_ref, a.line_id, a.session_id, a.line_item_id, max_by(b.line_item_id, (b.has_mark, b.place)) AS counted_as
FROM named a
JOIN named b ON b.person_ref = a.person_ref AND b.line_id = a.line_id AND b.session_id = a.session_id AND b.title = a.title
WHERE a.place <> b.place AND (a.due_date = b.due_date OR (a.category = b.category AND a.namesakes = 1 AND b.namesakes = 1))
  AND CASE
    WHEN a.has_mark <> b.has_mark THEN b.has_mark
    WHEN a.is_theirs <> b.is_theirs THEN b.is_theirs  -- where neither has a mark, what was theirs is missing or to be marked
    ELSE b.place > a.place
  END
GROUP BY a.person_ref, a.line_id, a.session_id, a.line_item_id;

-- Attempts at one piece. A retake without a mark leaves the first attempt; where a later one is marked, an earlier one
-- without a mark lacks nothing, unless the mean of both counts.
CREATE OR REPLACE TEMP TABLE attempt AS
WITH tried AS (
  SELECT m.person_ref, m.line_id, m.session_id, m.line_item_id, coalesce(p.counted_as, r.piece) AS piece, r.attempt, r.rule,
    r.is_away, r.possible, m.score, m.score IS NOT NULL AND m.points_min = m.score AND NOT m.is_low_better AS is_zero,
    CASE WHEN d.line_item_id IS NULL THEN m.state ELSE 'moved' END AS state
  FROM own_mark m
  JOIN retake_item r ON r.line_id = m.line_id AND r.session_id = m.session_id AND r.line_item_id = m.line_item_id
  LEFT JOIN counted_elsewhere p ON p.person_ref = m.person_ref AND p.line_id = m.line_id AND p.session_id = m.session_id
    AND p.line_item_id = r.piece
  LEFT JOIN counted_elsewhere d ON d.person_ref = m.person_ref AND d.line_id = m.line_id AND d.session_id = m.session_id
    AND d.line_item_id = m.line_item_id
),
taken AS (
  SELECT *, attempt > 0 AND (state IN ('missing', 'ungraded', 'just_joined') OR (state = 'missing_marked' AND is_zero)) AS is_empty
  FROM tried
)
SELECT person_ref, line_id, session_id, line_item_id, piece, attempt, rule, possible,
  CASE
    WHEN is_away THEN 'elsewhere'
    WHEN is_empty THEN 'not_retaken'
    WHEN max(attempt) FILTER (state IN ('graded', 'missing_marked', 'awaits_review') AND NOT is_empty AND NOT is_away) OVER (
      PARTITION BY person_ref, line_id, session_id, piece) > attempt
      AND (state IN ('missing', 'ungraded', 'just_joined', 'incomplete') AND rule <> 'mean'
        OR state = 'submitted' AND rule = 'latest') THEN 'retaken'
    ELSE state
  END AS state
FROM taken;

-- Marks that stand beside the grades count in none, and a blank among them lacks nothing.
CREATE OR REPLACE TEMP MACRO state_beside(is_beside, state) AS CASE
  WHEN NOT is_beside THEN state
  WHEN state IN ('graded', 'missing_marked') THEN 'beside'
  WHEN state IN ('missing', 'ungraded', 'submitted', 'awaits_review', 'incomplete', 'just_joined', 'left_out')
    THEN 'beside_unmarked'
  ELSE state
END;

CREATE OR REPLACE TEMP TABLE mark AS
WITH late AS (
  SELECT m.* REPLACE (state_beside(m.is_beside,
      coalesce(t.state, CASE WHEN d.line_item_id IS NULL THEN m.state ELSE 'moved' END)) AS state),
    t.piece, t.attempt, t.rule AS retake_rule, t.possible AS piece_possible,
    (coalesce(m.is_late_by_source, false)
      -- under a late policy that says so, where the source has no word for late, the day of the score tells
      OR (c.late_percent IS NOT NULL AND c.late_by_score_date AND NOT m.has_late_flag AND m.score IS NOT NULL
        AND m.score_status <> 'not submitted' AND m.score_date > m.due_date)
    ) AND m.score_status <> 'exempt' AND coalesce(m.score_date <= $cutoff, true)
      AND d.line_item_id IS NULL AND m.state <> 'not_theirs'
      AND NOT m.is_beside AND coalesce(t.state NOT IN ('retaken', 'not_retaken', 'elsewhere'), true) AS is_late,
    CASE
      WHEN m.submitted_at >= coalesce(m.due_at, m.due_date + INTERVAL 1 DAY) THEN greatest(
        (epoch_us(m.submitted_at) - epoch_us(coalesce(m.due_at, m.due_date + INTERVAL 1 DAY)) + 3599999999) // 3600000000, 1)
      WHEN m.score_date > m.due_date THEN (m.score_date - m.due_date) * 24
      ELSE 1
    END AS late_hours,
    c.late_percent, c.late_by_hour, c.floor_percent, c.missing_percent, c.counts_blanks
  FROM own_mark m
  JOIN line_rule c ON c.line_id = m.line_id AND c.session_id = m.session_id
  LEFT JOIN counted_elsewhere d ON d.person_ref = m.person_ref AND d.line_id = m.line_id AND d.session_id = m.session_id
    AND d.line_item_id = m.line_item_id
  LEFT JOIN attempt t ON t.person_ref = m.person_ref AND t.line_id = m.line_id AND t.session_id = m.session_id
    AND t.line_item_id = m.line_item_id
),
exact AS (
  SELECT *,
    -- millionths of a point; a million points times a million are more than the column's own type holds
    (greatest(coalesce(points_possible, 0) - points_min, 0)::DECIMAL(38, 6) * 1000000)::HUGEINT AS worth,
    (greatest(CASE WHEN is_low_better AND points_possible > 0 THEN points_possible - score ELSE score - points_min END, 0)
      ::DECIMAL(38, 6) * 1000000)::HUGEINT
      AS millionths,
    CASE WHEN late_by_hour THEN late_hours ELSE (late_hours + 23) // 24 END AS intervals
  FROM late
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
  person_ref, line_id, class_id, session_id, line_item_id, section_id, category, period, item_session_id, is_extra, is_fixed,
  title, due_date, points_possible, points_min, score, score_date, state, is_late, intervals, late_units,
  coalesce(piece, line_item_id) AS piece, attempt, retake_rule, piece_possible,
  state IN ('graded', 'missing_marked') OR (state = 'missing' AND missing_percent IS NOT NULL) AS in_current,
  state IN ('graded', 'missing_marked', 'awaits_review', 'missing', 'incomplete')
    OR (counts_blanks AND state IN ('ungraded', 'submitted')) AS in_final,
  CASE
    WHEN state IN ('graded', 'missing_marked', 'awaits_review', 'beside') THEN millionths * 1000000 - late_units
    WHEN state = 'missing' AND missing_percent IS NOT NULL THEN worth * (1000000 - missing_percent)::HUGEINT
    ELSE 0::HUGEINT
  END AS earned,
  worth * 1000000 AS possible
FROM counted;

-- What `vectorised` puts beside it where there are many: marks of plain seats that a report lists, line items that are still
-- to be marked for some plain seats, and categories in which something counts for one.
CREATE OR REPLACE TEMP VIEW plain_work AS
SELECT '' AS person_ref, '' AS class_id, '' AS line_item_id, '' AS state, 0::BIGINT AS possible, false AS is_late,
  0::DECIMAL(18, 6) AS score
WHERE false;

CREATE OR REPLACE TEMP VIEW plain_piece AS
SELECT '' AS line_item_id, 0::BIGINT AS everybody, 0::BIGINT AS unmarked WHERE false;

CREATE OR REPLACE TEMP VIEW plain_counted AS SELECT '' AS line_id, '' AS session_id, '' AS category WHERE false;
