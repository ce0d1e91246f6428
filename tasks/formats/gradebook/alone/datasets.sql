-- People and classes as the gradebooks themselves have them. The files have no school, session or date: there is one
-- school, and nothing is said of the rest. Each row keeps the place it came from.

-- One student is one id in all courses, also where one export has the school system's id and another has not.
CREATE OR REPLACE TEMP TABLE gradebook_row AS
WITH filled AS (
  SELECT * REPLACE (
    CASE WHEN trim(school_id) <> '' THEN school_id END AS school_id, CASE WHEN trim(own_id) <> '' THEN own_id END AS own_id)
  FROM gradebook_student
)
SELECT r.row_number, r.file, r.row, f.class_id, s.login, s.email, s.school_id,
  coalesce(s.school_id, known.school_id, s.own_id) AS student_id, s.family_name, nullif(s.given_name, '') AS given_name
FROM wide_row AS r
JOIN filled AS s USING (row_number)
JOIN wide_file AS f USING (file)
LEFT JOIN (
  SELECT own_id, min(school_id) AS school_id FROM filled
  WHERE own_id IS NOT NULL AND school_id IS NOT NULL GROUP BY own_id HAVING count(DISTINCT school_id) = 1
) AS known ON known.own_id = s.own_id
WHERE r.kind = 'student';

INSERT INTO cells_orgs BY NAME SELECT 'school' AS sourced_id, 'School' AS name, 'school' AS type;

INSERT INTO cells_courses BY NAME
SELECT class_id AS sourced_id, class_id AS title, 'school' AS org_sourced_id FROM wide_file ORDER BY file;
INSERT INTO place_courses SELECT row_number() OVER (ORDER BY file), file, 0, NULL FROM wide_file;

INSERT INTO cells_classes BY NAME
SELECT class_id AS sourced_id, class_id AS title, class_id AS course_sourced_id, 'scheduled' AS class_type,
  'school' AS school_sourced_id
FROM wide_file ORDER BY file;
INSERT INTO place_classes SELECT row_number() OVER (ORDER BY file), file, 0, NULL FROM wide_file;

CREATE OR REPLACE TEMP TABLE gradebook_user AS
SELECT row_number() OVER (ORDER BY min(row_number)) AS user_number, student_id, list(row_number) AS rows,
  arg_min(family_name, row_number) AS family_name, arg_min(given_name, row_number) AS given_name,
  arg_min(login, row_number) AS login, arg_min(school_id, row_number) AS school_id, arg_min(email, row_number) AS email
FROM gradebook_row GROUP BY student_id, CASE WHEN student_id IS NULL THEN row_number END;
INSERT INTO cells_users BY NAME
SELECT student_id AS sourced_id, 'true' AS enabled_user, 'school' AS org_sourced_ids, 'student' AS role,
  login AS username, school_id AS identifier, given_name, nullif(family_name, '') AS family_name, email
FROM gradebook_user ORDER BY user_number;
INSERT INTO place_users
SELECT u.user_number, r.file, r.row, NULL
FROM (SELECT user_number, unnest(rows) AS row_number FROM gradebook_user) AS u JOIN gradebook_row AS r USING (row_number);

-- a row without any id is one nobody can be told from: its user is refused, and there is nothing more of it
CREATE OR REPLACE TEMP TABLE gradebook_seat AS
SELECT row_number() OVER (ORDER BY row_number) AS seat_number, row_number, file, row, class_id, student_id
FROM gradebook_row WHERE student_id IS NOT NULL;
INSERT INTO cells_enrollments BY NAME
SELECT student_id || '-' || class_id AS sourced_id, class_id AS class_sourced_id, 'school' AS school_sourced_id,
  student_id AS user_sourced_id, 'student' AS role
FROM gradebook_seat ORDER BY seat_number;
INSERT INTO place_enrollments SELECT seat_number, file, row, NULL FROM gradebook_seat;

CREATE OR REPLACE TEMP TABLE gradebook_item AS
SELECT row_number() OVER (ORDER BY c.file, c.place) AS item_number, c.* EXCLUDE (item_id), c.item_id AS line_item_id,
  f.class_id, f.points_row
FROM wide_column AS c JOIN wide_file AS f USING (file);
