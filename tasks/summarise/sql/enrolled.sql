-- Who has a grade in which class and session; and what the state of a mark is, as interface.md has it.
CREATE OR REPLACE TEMP TABLE enrolled AS
SELECT DISTINCT s.class_id, s.session_id, e.person_ref
FROM lake.core_enrollment e JOIN scope s ON s.class_id = e.class_id
WHERE e.extract_id = $extract_id AND e.role_code = 'student' AND coalesce(e.school_id = $school_id, true)
  AND coalesce(e.begin_date <= $cutoff, true) AND ($also_ended OR coalesce(e.end_date > s.start_date, true));

-- A number, since there may be millions: its name is at that place of STATES (tasks/summarise/mark_states.py).
CREATE OR REPLACE TEMP MACRO mark_state(is_omitted, score_status, score, score_date, is_incomplete, is_missing, due, cutoff) AS
CASE
  WHEN is_omitted THEN 1            -- practice
  WHEN score_status = 'exempt' THEN 2  -- excused
  WHEN score_date > cutoff THEN 3   -- later
  WHEN is_incomplete THEN 4         -- incomplete
  WHEN score IS NULL AND (score_status = 'not submitted' OR is_missing) THEN 5  -- missing
  WHEN score_status = 'not submitted' OR is_missing THEN 6  -- missing_marked
  WHEN score_status = 'fully graded' AND score IS NOT NULL THEN 7  -- graded
  WHEN score IS NOT NULL THEN 8     -- awaits_review
  WHEN due > cutoff THEN 3          -- later: not due yet, so nothing is lacking
  ELSE 9                            -- ungraded
END::TINYINT;
