-- What the cycle's session lies in: a class of the whole year is a class of the semester too.
WITH RECURSIVE above AS (
  SELECT session_id, parent_id FROM lake.core_academic_session
  WHERE extract_id = $extract_id AND session_id = $session_id
  UNION
  SELECT s.session_id, s.parent_id
  FROM lake.core_academic_session s JOIN above a ON a.parent_id = s.session_id
  WHERE s.extract_id = $extract_id
)
SELECT list(session_id) FROM above;
