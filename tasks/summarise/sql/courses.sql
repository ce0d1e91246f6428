-- Student × class × session, also where the class has no line item yet, with what the grade rests on.
SELECT e.person_ref, e.class_id, e.session_id,
  count(*) FILTER (m.state IN ('graded', 'missing_marked')) AS graded_count,
  count(*) FILTER (m.state IN ('missing', 'missing_marked')) AS missing_count,
  count(*) FILTER (m.is_late) AS late_count,
  count(*) FILTER (m.state IN ('ungraded', 'awaits_review', 'incomplete')) AS ungraded_count,
  coalesce(bool_or(m.state = 'incomplete'), false) AS is_incomplete
FROM enrolled e
JOIN class_rule c ON c.class_id = e.class_id AND NOT c.is_plain
LEFT JOIN mark m ON m.person_ref = e.person_ref AND m.class_id = e.class_id AND m.session_id = e.session_id
GROUP BY ALL
ORDER BY e.class_id, e.session_id, e.person_ref;
