INSERT INTO lake.out_work
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, m.person_ref, m.class_id, m.line_item_id,
  CASE WHEN m.state IN ('missing', 'missing_marked') THEN 'missing' ELSE 'late' END,
  CASE WHEN m.state IN ('later', 'excused') THEN NULL ELSE m.score END
FROM mark m
WHERE m.state IN ('missing', 'missing_marked') OR m.is_late;

-- of plain classes: 5 and 6 are missing, 2 and 3 are excused and later
INSERT INTO lake.out_work
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, s.person_ref, s.class_id, i.line_item_id,
  CASE WHEN w.state IN (5, 6) THEN 'missing' ELSE 'late' END,
  CASE WHEN w.is_scored AND w.state NOT IN (2, 3) THEN (w.millionths::DECIMAL(19, 0) * 0.000001::DECIMAL(7, 6))::DECIMAL(18, 6) END
FROM plain_work w
JOIN plain_seat s ON s.rowid = w.seat
JOIN plain_item i ON i.scope_no = s.scope_no AND i.position = w.position;
