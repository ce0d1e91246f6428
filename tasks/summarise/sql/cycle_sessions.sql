-- The sessions of the cycle at the school ($sessions; is_top is the one that names the report, with the dates of all of
-- them), everything below them, and what by its dates lies in them: systems write terms side by side as often as one in
-- the other. An extract that knows no sessions at all (a Canvas gradebook) is all of the cycle's: is_assumed.
CREATE OR REPLACE TEMP TABLE cycle_session AS
WITH RECURSIVE below AS (
  SELECT session_id, start_date, end_date FROM lake.core_academic_session
  WHERE extract_id = $extract_id AND list_contains($sessions, session_id)
  UNION
  SELECT s.session_id, s.start_date, s.end_date
  FROM lake.core_academic_session s JOIN below b ON s.parent_id = b.session_id
  WHERE s.extract_id = $extract_id
),
span AS (
  SELECT min(start_date) AS start_date, max(end_date) AS end_date FROM below WHERE list_contains($sessions, session_id)
  HAVING count(*) > 0
)
SELECT $session_id AS session_id, start_date, end_date, true AS is_top, false AS is_assumed FROM span
UNION ALL
SELECT session_id, start_date, end_date, false, false FROM (
  SELECT session_id, start_date, end_date FROM below
  UNION
  -- nine tenths, since the last day is written as one of the session's as often as not
  SELECT a.session_id, a.start_date, a.end_date
  FROM lake.core_academic_session a JOIN span s
    ON 10 * (least(a.end_date, s.end_date) - greatest(a.start_date, s.start_date)) >= 9 * (a.end_date - a.start_date)
  WHERE a.extract_id = $extract_id
)
WHERE session_id <> $session_id
UNION ALL
SELECT $session_id, DATE '0001-01-01', DATE '9999-12-31', true, true
WHERE NOT EXISTS (SELECT 1 FROM lake.core_academic_session WHERE extract_id = $extract_id);

-- Sessions of which the cycle is a part, by who lies in whom or by dates: what belongs to them is the cycle's by its due
-- date. A few days in common make no part.
CREATE OR REPLACE TEMP TABLE session_around AS
WITH RECURSIVE above AS (
  SELECT session_id, parent_id FROM lake.core_academic_session
  WHERE extract_id = $extract_id AND list_contains($sessions, session_id)
  UNION
  SELECT s.session_id, s.parent_id
  FROM lake.core_academic_session s JOIN above a ON a.parent_id = s.session_id
  WHERE s.extract_id = $extract_id
)
SELECT session_id FROM (
  SELECT session_id FROM above
  UNION
  SELECT a.session_id
  FROM lake.core_academic_session a JOIN (SELECT * FROM cycle_session WHERE is_top AND NOT is_assumed) s
    ON 2 * (least(a.end_date, s.end_date) - greatest(a.start_date, s.start_date))
      >= least(a.end_date - a.start_date, s.end_date - s.start_date)
  WHERE a.extract_id = $extract_id
)
WHERE session_id NOT IN (SELECT session_id FROM cycle_session);
