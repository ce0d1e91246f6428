INSERT INTO lake.out_work
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, m.person_ref, m.class_id, m.line_item_id,
  CASE WHEN m.state IN ('missing', 'missing_marked') THEN 'missing' ELSE 'late' END,
  CASE WHEN m.state IN ('later', 'excused') THEN NULL ELSE m.score END
FROM mark m
WHERE m.state IN ('missing', 'missing_marked') OR m.is_late;

-- of plain classes: 5 and 6 are missing, 2 and 3 are excused and later
INSERT INTO lake.out_work
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, s.person_ref, s.class_id, i.line_item_id,
  CASE WHEN m.state IN (5, 6) THEN 'missing' ELSE 'late' END,
  CASE WHEN m.state IN (2, 3) THEN NULL ELSE (m.earned::DECIMAL(19, 0) * 0.000001::DECIMAL(7, 6))::DECIMAL(18, 6) END
FROM (SELECT * FROM plain_mark WHERE state IN (5, 6) OR is_late) m
ASOF JOIN (SELECT * FROM plain_seat WHERE width > 0) s ON m.cell >= s.first_cell
JOIN plain_item i ON i.class_id = s.class_id AND i.session_id = s.session_id AND i.position = m.cell - s.first_cell;
