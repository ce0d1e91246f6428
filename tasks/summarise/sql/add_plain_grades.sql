-- What the arrays of `vectorised` found, a row for each plain seat in the order of their table; -1 is none.
CREATE OR REPLACE TEMP MACRO percent(millionths) AS
  CASE WHEN millionths >= 0 THEN millionths::DECIMAL(18, 0) * 0.000001::DECIMAL(7, 6) END;

INSERT INTO graded_course
SELECT s.person_ref, s.class_id, percent(f.current), percent(f.final), $letters[f.letter + 1], $letters[f.current_letter + 1],
  percent(f.if_missing), percent(f.weighed), 'computed', f.graded_count, f.missing_count, f.late_count, f.ungraded_count,
  f.to_mark_count, false, NULL, NULL
FROM plain_seats_frame f POSITIONAL JOIN plain_seat s;

INSERT INTO left_out
SELECT s.person_ref, s.class_id, 'category', $categories[f.category + 1]
FROM plain_left_out_frame f JOIN plain_seat s ON s.rowid = f.seat;

-- a category that the class has no line item of
INSERT INTO left_out
SELECT s.person_ref, s.class_id, 'category', a.category
FROM (SELECT unnest($absent::STRUCT(rules_no INTEGER, category VARCHAR)[], recursive := true)) a
JOIN plain_line p ON p.rules_no = a.rules_no
JOIN plain_seat s ON s.line_no = p.line_no
JOIN graded_course g ON g.person_ref = s.person_ref AND g.class_id = s.class_id
WHERE CASE WHEN $kind = 'midterm' THEN g.current_percent ELSE g.final_percent END IS NOT NULL;

INSERT INTO plain_work
SELECT s.person_ref, s.class_id, i.line_item_id, list_extract($states, f.state) AS state,
  CASE WHEN f.has_score THEN f.score / u.units END::DECIMAL(18, 6) AS score, i.possible
FROM plain_unit u, plain_work_frame f
JOIN plain_seat s ON s.rowid = f.seat
JOIN plain_item i ON i.rowid = f.item;

INSERT INTO plain_piece
SELECT p.line_id, p.session_id, i.line_item_id, c.category, i.possible, f.everybody, f.unmarked, f.counted
FROM plain_pieces_frame f
JOIN plain_item i ON i.rowid = f.item
JOIN plain_line p ON p.line_no = i.line_no
JOIN plain_category_frame c ON c.category_no = i.category_no;
