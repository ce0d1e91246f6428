-- What the arrays of `vectorised` found: of each plain seat, in the order of their table; and by the numbers of seats, line
-- items and categories. -1 is none.
CREATE OR REPLACE TEMP MACRO from_millionths(millionths) AS
  CASE WHEN millionths >= 0 THEN millionths::DECIMAL(18, 0) * 0.000001::DECIMAL(7, 6) END;

INSERT INTO graded_course
SELECT s.person_ref, s.class_id, from_millionths(f.current), from_millionths(f.final), f.letter, f.current_letter, from_millionths(f.if_missing),
  from_millionths(f.weighed), 'computed', f.graded_count, f.missing_count, f.late_count, f.ungraded_count, f.to_mark_count, false,
  NULL, NULL
FROM plain_seats_frame f POSITIONAL JOIN plain_seat s;

INSERT INTO left_out
SELECT s.person_ref, s.class_id, 'category', f.category
FROM plain_left_out_frame f JOIN plain_seat s ON s.rowid = f.seat;

INSERT INTO category_grade
SELECT s.person_ref, s.class_id, c.category, NULL, 'graded', c.weight::DECIMAL(18, 6), from_millionths(f.percent), NULL,
  f.mark_count
FROM plain_categories_frame f
JOIN plain_seat s ON s.rowid = f.seat
JOIN plain_category_frame c ON c.category_no = f.category_no
WHERE $has_categories;

CREATE OR REPLACE TEMP VIEW plain_work AS
SELECT s.person_ref, s.class_id, i.line_item_id, f.state::VARCHAR AS state, i.possible, f.is_late,
  from_millionths(f.score)::DECIMAL(18, 6) AS score
FROM plain_work_frame f
JOIN plain_seat s ON s.rowid = f.seat
JOIN plain_item i ON i.rowid = f.item;

CREATE OR REPLACE TEMP VIEW plain_piece AS
SELECT i.line_item_id, f.everybody, f.unmarked FROM plain_pieces_frame f JOIN plain_item i ON i.rowid = f.item;

CREATE OR REPLACE TEMP VIEW plain_counted AS
SELECT p.line_id, p.session_id, c.category
FROM plain_counted_frame f
JOIN plain_item i ON i.rowid = f.item
JOIN plain_line p ON p.line_no = i.line_no
JOIN plain_category_frame c ON c.category_no = i.category_no;
