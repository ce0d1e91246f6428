-- A Canvas gradebook as the datasets of all formats. The file has no school, session, date or category: there is one
-- school and one category, and nothing is said of the rest. Each row keeps the place it came from.

CREATE OR REPLACE TEMP VIEW canvas_filled AS
SELECT row_number,
  CASE WHEN trim(id) <> '' THEN id END AS id,
  CASE WHEN trim(sis_user_id) <> '' THEN sis_user_id END AS sis_user_id,
  CASE WHEN trim(sis_login_id) <> '' THEN sis_login_id END AS sis_login_id,
  -- a name that a spreadsheet would take for a formula comes as ="name", or behind a quote or a space
  [regexp_replace(regexp_replace(name, '^="(.*)"$', '\1', 's'), '^[''\s]+([=+@-])', '\1')
   FOR name IN [student, last_name, first_name]] AS names
FROM raw_canvas_gradebook;

-- One student is one id in all courses, also where one export has the school system's id and another has not.
CREATE OR REPLACE TEMP TABLE canvas_row AS
SELECT r.row_number, r.file, r.row, f.class_id, s.sis_login_id, s.sis_user_id,
  coalesce(s.sis_user_id, known.sis_user_id, s.id) AS student_id,
  CASE WHEN s.names[1] IS NULL THEN s.names[2] ELSE regexp_extract(s.names[1], '^(.*?)(?:,\s*|$)', 1, 's') END AS family_name,
  nullif(CASE WHEN s.names[1] IS NULL THEN s.names[3] ELSE regexp_extract(s.names[1], ',\s*(.*)$', 1, 's') END, '')
    AS given_name
FROM wide_row AS r
JOIN canvas_filled AS s USING (row_number)
JOIN wide_file AS f USING (file)
LEFT JOIN (
  SELECT id, min(sis_user_id) AS sis_user_id FROM canvas_filled
  WHERE id IS NOT NULL AND sis_user_id IS NOT NULL GROUP BY id HAVING count(DISTINCT sis_user_id) = 1
) AS known ON known.id = s.id
WHERE r.kind = 'student';

INSERT INTO cells_orgs BY NAME SELECT 'school' AS sourced_id, 'School' AS name, 'school' AS type;

INSERT INTO cells_categories BY NAME SELECT 'assignments' AS sourced_id, 'Assignments' AS title;

INSERT INTO cells_courses BY NAME
SELECT class_id AS sourced_id, class_id AS title, 'school' AS org_sourced_id FROM wide_file ORDER BY file;
INSERT INTO place_courses SELECT row_number() OVER (ORDER BY file), file, 0, NULL FROM wide_file;

INSERT INTO cells_classes BY NAME
SELECT class_id AS sourced_id, class_id AS title, class_id AS course_sourced_id, 'scheduled' AS class_type,
  'school' AS school_sourced_id
FROM wide_file ORDER BY file;
INSERT INTO place_classes SELECT row_number() OVER (ORDER BY file), file, 0, NULL FROM wide_file;

CREATE OR REPLACE TEMP TABLE canvas_user AS
SELECT row_number() OVER (ORDER BY min(row_number)) AS user_number, student_id, list(row_number) AS rows,
  arg_min(family_name, row_number) AS family_name, arg_min(given_name, row_number) AS given_name,
  arg_min(sis_login_id, row_number) AS sis_login_id, arg_min(sis_user_id, row_number) AS sis_user_id
FROM canvas_row GROUP BY student_id, CASE WHEN student_id IS NULL THEN row_number END;
INSERT INTO cells_users BY NAME
SELECT student_id AS sourced_id, 'true' AS enabled_user, 'school' AS org_sourced_ids, 'student' AS role,
  sis_login_id AS username, sis_user_id AS identifier, given_name, nullif(family_name, '') AS family_name
FROM canvas_user ORDER BY user_number;
INSERT INTO place_users
SELECT u.user_number, r.file, r.row, NULL
FROM (SELECT user_number, unnest(rows) AS row_number FROM canvas_user) AS u JOIN canvas_row AS r USING (row_number);

-- a row without any id is one nobody can be told from: its user is refused, and there is nothing more of it
CREATE OR REPLACE TEMP TABLE canvas_seat AS
SELECT row_number() OVER (ORDER BY row_number) AS seat_number, * FROM canvas_row WHERE student_id IS NOT NULL;
INSERT INTO cells_enrollments BY NAME
SELECT student_id || '-' || class_id AS sourced_id, class_id AS class_sourced_id, 'school' AS school_sourced_id,
  student_id AS user_sourced_id, 'student' AS role
FROM canvas_seat ORDER BY seat_number;
INSERT INTO place_enrollments SELECT seat_number, file, row, NULL FROM canvas_seat;

CREATE OR REPLACE TEMP TABLE canvas_item AS
SELECT row_number() OVER (ORDER BY c.file, c.place) AS item_number, c.*, f.class_id, f.points_row
FROM wide_column AS c JOIN wide_file AS f USING (file);
INSERT INTO cells_line_items BY NAME
SELECT item_id AS sourced_id, title, class_id AS class_sourced_id, 'assignments' AS category_sourced_id,
  '0' AS result_value_min, points AS result_value_max, posted_by_hand::VARCHAR AS posted_by_hand
FROM canvas_item ORDER BY item_number;
INSERT INTO place_line_items SELECT item_number, file, points_row, header FROM canvas_item;

-- blank: not marked yet, so no result; N/A: not given to this student, so nothing can be lacking: exempt like EX. Per
-- cents and words are points of what is possible.
CREATE OR REPLACE TEMP TABLE canvas_mark AS
SELECT row_number() OVER (ORDER BY s.seat_number, c.place) AS mark_number, s.student_id, s.file, s.row, c.header,
  i.item_id, upper(trim(c.cell)) AS word, c.cell, i.points,
  TRY_CAST(rtrim(c.cell, '%') AS DECIMAL(12, 4)) * TRY_CAST(i.points AS DECIMAL(12, 4)) * 0.01 AS of_points
FROM wide_cell AS c
JOIN canvas_seat AS s USING (row_number)
JOIN canvas_item AS i ON i.file = s.file AND i.place = c.place;
INSERT INTO cells_results BY NAME
SELECT item_id || '-' || student_id AS sourced_id, item_id AS line_item_sourced_id, student_id AS student_sourced_id,
  CASE WHEN word IN ('EX', 'N/A') THEN 'exempt' ELSE 'fully graded' END AS score_status,
  CASE
    WHEN word IN ('EX', 'N/A') THEN NULL
    WHEN word = 'COMPLETE' THEN points
    WHEN word = 'INCOMPLETE' THEN '0'
    WHEN cell LIKE '%\%' ESCAPE '\' AND of_points IS NOT NULL THEN regexp_replace(of_points::VARCHAR, '\.?0+$', '')
    ELSE cell
  END AS score
FROM canvas_mark ORDER BY mark_number;
INSERT INTO place_results SELECT mark_number, file, row, header FROM canvas_mark;

-- a grade that a teacher set over the computed one, else the computed one: never half of each
CREATE OR REPLACE TEMP TABLE canvas_grade AS
WITH total AS (
  SELECT s.*, max(cell) FILTER (total = 'Override Score') AS override_score,
    max(cell) FILTER (total = 'Override Grade') AS override_grade,
    max(cell) FILTER (total = 'Final Score') AS final_score, max(cell) FILTER (total = 'Final Grade') AS final_grade,
    map_from_entries(list((total, c.header))) AS headers
  FROM canvas_seat AS s JOIN wide_cell AS c USING (row_number)
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
FROM canvas_grade ORDER BY grade_number;
INSERT INTO place_supplement_grades SELECT grade_number, file, row, header FROM canvas_grade;
