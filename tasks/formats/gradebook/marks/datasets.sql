-- Marks of gradebook_seat(seat_number, row_number, file, row, class_id, student_id) on
-- gradebook_item(item_number, line_item_id, class_id, points_row, and what wide_column has). Each row keeps its place.

-- a gradebook that knows no categories has one
INSERT INTO cells_categories BY NAME
SELECT coalesce(lower(trim(category)), 'assignments') AS sourced_id,
  coalesce(arg_min(trim(category), (file, place)), 'Assignments') AS title
FROM (SELECT category, file, place FROM wide_column
      UNION ALL SELECT NULL, '', 0 WHERE NOT EXISTS (FROM wide_column))
GROUP BY 1 ORDER BY 1;

INSERT INTO cells_line_items BY NAME
SELECT line_item_id AS sourced_id, title, class_id AS class_sourced_id,
  coalesce(lower(trim(category)), 'assignments') AS category_sourced_id, '0' AS result_value_min,
  points AS result_value_max, posted_by_hand::VARCHAR AS posted_by_hand
FROM gradebook_item ORDER BY item_number;
INSERT INTO place_line_items SELECT item_number, file, points_row, header FROM gradebook_item;

-- blank: not marked yet, so no result; N/A: not given to this student, so nothing can be lacking: exempt like EX. Per
-- cents and words are points of what is possible.
CREATE OR REPLACE TEMP TABLE gradebook_mark AS
SELECT row_number() OVER (ORDER BY s.seat_number, c.place) AS mark_number, s.student_id, s.file, s.row, c.header,
  coalesce(i.line_item_id, coalesce(s.class_id, '') || '?' || c.place) AS line_item_id, upper(trim(c.cell)) AS word, c.cell, i.points,
  TRY_CAST(rtrim(c.cell, '%') AS DECIMAL(12, 4)) * TRY_CAST(i.points AS DECIMAL(12, 4)) * 0.01 AS of_points
FROM wide_cell AS c
JOIN gradebook_seat AS s USING (row_number)
LEFT JOIN gradebook_item AS i ON i.file = s.file AND i.place = c.place AND i.class_id = s.class_id
WHERE c.total IS NULL;
INSERT INTO cells_results BY NAME
SELECT line_item_id || '-' || student_id AS sourced_id, line_item_id AS line_item_sourced_id,
  student_id AS student_sourced_id,
  CASE WHEN word IN ('EX', 'N/A') THEN 'exempt' WHEN word = 'SUBMITTED' THEN 'submitted' ELSE 'fully graded' END
    AS score_status,
  CASE
    WHEN word IN ('EX', 'N/A', 'SUBMITTED') THEN NULL
    WHEN word = 'COMPLETE' THEN points
    WHEN word = 'INCOMPLETE' THEN '0'
    WHEN cell LIKE '%\%' ESCAPE '\' AND of_points IS NOT NULL THEN regexp_replace(of_points::VARCHAR, '\.?0+$', '')
    ELSE cell
  END AS score
FROM gradebook_mark ORDER BY mark_number;
INSERT INTO place_results SELECT mark_number, file, row, header FROM gradebook_mark;

-- a grade that a teacher set over the computed one, else the computed one: never half of each
CREATE OR REPLACE TEMP TABLE gradebook_grade AS
WITH total AS (
  SELECT s.*, max(cell) FILTER (total = 'Override Score') AS override_score,
    max(cell) FILTER (total = 'Override Grade') AS override_grade,
    max(cell) FILTER (total = 'Final Score') AS final_score, max(cell) FILTER (total = 'Final Grade') AS final_grade,
    map_from_entries(list((total, c.header))) AS headers
  FROM gradebook_seat AS s JOIN wide_cell AS c USING (row_number)
  WHERE total IS NOT NULL GROUP BY ALL
)
SELECT row_number() OVER (ORDER BY seat_number) + (SELECT count(*) FROM cells_supplement_grades) AS grade_number,
  student_id, class_id, file, row,
  CASE WHEN coalesce(override_score, override_grade) IS NOT NULL THEN override_grade ELSE final_grade END AS grade,
  CASE WHEN coalesce(override_score, override_grade) IS NOT NULL THEN override_score ELSE final_score END AS percent,
  headers[CASE WHEN override_score IS NOT NULL THEN 'Override Score' WHEN override_grade IS NOT NULL THEN 'Override Grade'
    WHEN final_score IS NOT NULL THEN 'Final Score' ELSE 'Final Grade' END] AS header
FROM total;
INSERT INTO cells_supplement_grades BY NAME
SELECT student_id AS student_sourced_id, class_id AS class_sourced_id, grade, rtrim(percent, '%') AS percent
FROM gradebook_grade ORDER BY grade_number;
INSERT INTO place_supplement_grades SELECT grade_number, file, row, header FROM gradebook_grade;
