-- Student × line × session, also where the class has no line item yet, with what the grade rests on.
SELECT e.person_ref, e.class_id, e.line_id, e.session_id, e.left_date, e.moved_from,
  coalesce(bool_or(m.state = 'incomplete'), false) AS is_incomplete,
  count(DISTINCT m.piece) FILTER (m.state IN ('graded', 'missing_marked')) AS graded_count,  -- however often it was tried
  count(*) FILTER (m.state IN ('missing', 'missing_marked')) AS missing_count,
  count(*) FILTER (m.is_late) AS late_count,
  count(*) FILTER (m.state IN ('ungraded', 'submitted', 'awaits_review', 'incomplete')) AS ungraded_count,
  count(*) FILTER (m.state IN ('ungraded', 'submitted')) AS to_mark_count
FROM own_seat e
LEFT JOIN mark m ON m.person_ref = e.person_ref AND m.line_id = e.line_id AND m.session_id = e.session_id
GROUP BY ALL
ORDER BY e.line_id, e.session_id, e.person_ref;
