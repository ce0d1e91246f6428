-- The results of plain seats, a number for each thing that is known of a mark; the score in millionths of a point, -1 where there is none.
SELECT s.rowid::INTEGER AS seat, i.rowid::INTEGER AS item, coalesce((r.score * 1000000)::BIGINT, -1) AS score,
  mark_state(i.is_omitted, i.is_optional, true, false, false, i.is_settled, r.score_status, r.score, r.score_date, r.submitted_at,
    r.is_incomplete, r.is_missing, i.due_date, $cutoff) AS state,
  r.is_late AND r.score_status <> 'exempt' AND coalesce(r.score_date <= $cutoff, true) AS is_late
FROM lake.core_result r
JOIN plain_item i ON i.line_item_id = r.line_item_id
JOIN plain_seat s ON s.person_ref = r.person_ref AND s.line_no = i.line_no
WHERE r.extract_id = $extract_id
