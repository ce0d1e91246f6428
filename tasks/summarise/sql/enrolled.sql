-- Who has a grade in which line; and what the state of a mark is, as interface.md has it.
-- Whoever left within the drop window has none, unless the source says W.
CREATE OR REPLACE TEMP TABLE enrolled AS
WITH set_elsewhere AS (
  SELECT person_ref, class_id,
    bool_or(coalesce(upper(trim(grade)) = 'W' OR lower(trim(note)) IN ('w', 'withdrawn'), false)) AS is_withdrawn
  FROM lake.core_imported_grade WHERE extract_id = $extract_id GROUP BY person_ref, class_id
),
dropped AS (
  SELECT s.person_ref, s.class_id, s.session_id
  FROM seat s
  JOIN school_day a ON a.day = least(greatest(greatest(s.first_day, s.session_start) - 1, $from_day::DATE), $to_day::DATE)
  JOIN school_day b ON b.day = least(greatest(s.end_day - 1, $from_day::DATE), $to_day::DATE)
  WHERE s.is_left AND $drop_window > 0 AND b.n - a.n <= $drop_window
),
-- where nothing is due outside of a seat, all that is due is the student's
due AS (
  SELECT line_id, session_id, min(due_date) AS first_due, max(due_date) AS last_due FROM scope_item GROUP BY ALL
)
SELECT coalesce(m.line_id, s.class_id) AS line_id, s.class_id, s.session_id, s.person_ref,
  CASE WHEN s.is_left THEN s.end_day - 1 END AS left_date, m.from_classes[-1] AS moved_from,
  m.person_ref IS NULL AND NOT s.is_left AND len(s.spans) = 1 AND w.person_ref IS NULL
    AND coalesce(greatest(s.first_day, s.settled) <= d.first_due, true) AND coalesce(s.end_day > d.last_due, true) AS is_plain
FROM seat s
LEFT JOIN moved m ON m.person_ref = s.person_ref AND m.class_id = s.class_id AND m.session_id = s.session_id
LEFT JOIN due d ON d.line_id = s.class_id AND d.session_id = s.session_id
LEFT JOIN move g ON g.person_ref = s.person_ref AND g.from_class = s.class_id AND g.session_id = s.session_id
LEFT JOIN dropped o ON o.person_ref = s.person_ref AND o.class_id = s.class_id AND o.session_id = s.session_id
LEFT JOIN set_elsewhere w ON w.person_ref = s.person_ref AND w.class_id = s.class_id
WHERE g.person_ref IS NULL AND (o.person_ref IS NULL OR w.is_withdrawn);

-- A number, since there may be millions: its name is at that place of STATES (tasks/summarise/mark_states.py).
-- is_theirs: due while the student sat in the class. is_new: a blank of the first days there. is_accepted: the school
-- decided to leave it out. is_settled: a blank is missing, since the teacher signed the class off. is_optional: extra credit, of which a blank lacks
-- nothing.
CREATE OR REPLACE TEMP MACRO mark_state(is_omitted, is_optional, is_theirs, is_new, is_accepted, is_settled, score_status, score, score_date,
  submitted_at, is_incomplete, is_missing, due, cutoff) AS
CASE
  WHEN is_omitted THEN 1            -- practice
  WHEN score_status = 'exempt' THEN 2  -- excused
  WHEN NOT is_theirs AND (score IS NULL OR score_status = 'not submitted' OR is_missing
    OR (score = 0 AND submitted_at IS NULL)) THEN 10  -- not_theirs
  WHEN score_date > cutoff THEN 3   -- later
  WHEN is_incomplete THEN 4         -- incomplete
  WHEN score IS NULL AND due > cutoff THEN 3  -- later: not due yet, so nothing is lacking
  WHEN score IS NULL AND is_new AND submitted_at IS NULL AND score_status IS DISTINCT FROM 'submitted' THEN 11  -- just_joined
  WHEN score IS NULL AND (score_status = 'not submitted' OR is_missing) THEN 5  -- missing, whatever was handed in
  WHEN score IS NULL AND (score_status IN ('submitted', 'partially graded') OR submitted_at IS NOT NULL)
    THEN CASE WHEN is_accepted THEN 13 ELSE 12 END  -- left_out, submitted
  WHEN score_status = 'not submitted' OR is_missing THEN 6  -- missing_marked
  WHEN score_status = 'fully graded' AND score IS NOT NULL THEN 7  -- graded
  WHEN score IS NOT NULL THEN 8     -- awaits_review
  WHEN is_optional THEN 3           -- later, or never
  WHEN is_accepted THEN 13          -- left_out
  WHEN is_settled THEN 5            -- missing: signed off
  ELSE 9                            -- ungraded
END::TINYINT;
