-- What the grades are made of, a course after the other.
SELECT person_ref, line_id, session_id, line_item_id, category, period, item_session_id, state, in_current, in_final,
  earned, possible, is_extra, is_fixed, piece, attempt, retake_rule, piece_possible,
  score_date, due_date
FROM mark
WHERE in_current OR in_final OR state = 'beside'
ORDER BY line_id, session_id, person_ref, line_item_id;
