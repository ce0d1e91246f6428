-- The cycle's academic session with everything below it (grading periods), and its dates. An extract that knows no
-- sessions at all (a Canvas gradebook) is all of the cycle's: is_assumed.
CREATE OR REPLACE TEMP TABLE cycle_session AS
WITH RECURSIVE below AS (
  SELECT session_id, start_date, end_date FROM lake.core_academic_session
  WHERE extract_id = $extract_id AND session_id = $session_id
  UNION
  SELECT s.session_id, s.start_date, s.end_date
  FROM lake.core_academic_session s JOIN below b ON s.parent_id = b.session_id
  WHERE s.extract_id = $extract_id
)
SELECT session_id, start_date, end_date, session_id = $session_id AS is_top, false AS is_assumed FROM below
UNION ALL
SELECT $session_id, DATE '0001-01-01', DATE '9999-12-31', true, true
WHERE NOT EXISTS (SELECT 1 FROM lake.core_academic_session WHERE extract_id = $extract_id);
