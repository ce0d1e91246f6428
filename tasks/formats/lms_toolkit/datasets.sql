-- The Ed-Fi LMS Toolkit's files as the datasets of all formats. Each row keeps the place it came from.

-- Its instants are in UTC, and $timezone is the school's: work due at 04:59 is due the evening before in Chicago. At
-- midnight sharp an instant is how these files write a bare day, so it is that day in any zone.
CREATE OR REPLACE TEMP MACRO lms_utc(cell) AS
  CASE WHEN length(cell) > 10 AND right(cell, 8) <> '00:00:00' THEN TRY_CAST(cell AS TIMESTAMP) END;
CREATE OR REPLACE TEMP MACRO lms_date(cell, zone) AS
  coalesce(strftime(timezone(zone, timezone('UTC', lms_utc(cell))), '%Y-%m-%d'), left(cell, 10));
-- the same instant in UTC, and of a bare day a second of it in the school's zone; what is neither stays as it is
CREATE OR REPLACE TEMP MACRO lms_instant(cell, clock, zone) AS
  coalesce(
    CASE WHEN lms_utc(cell) IS NULL THEN
      strftime(timezone('UTC', timezone(zone, TRY_CAST(left(cell, 10) || ' ' || clock AS TIMESTAMP))), '%Y-%m-%dT%H:%M:%S')
    END,
    replace(cell, ' ', 'T'));

CREATE OR REPLACE TEMP TABLE lms_user AS
SELECT row_number, source_system_identifier AS lms_id,
  coalesce(CASE WHEN trim(sis_user_identifier) <> '' THEN sis_user_identifier END, source_system_identifier) AS user_id,
  CASE
    WHEN lower(user_role) IN ('ta', 'teaching assistant', 'teachingassistant') THEN 'aide'
    WHEN lower(user_role) IN ('instructor', 'faculty') THEN 'teacher'
    WHEN lower(user_role) LIKE '%admin%' THEN 'administrator'
    ELSE user_role
  END AS role
FROM raw_lms_users;
CREATE OR REPLACE TEMP TABLE lms_person AS
SELECT lms_id, min(user_id) AS user_id, arg_min(lower(role), user_id) AS role
FROM lms_user WHERE lms_id IS NOT NULL GROUP BY lms_id;

-- Ed-Fi names a term <school>_<year>-<year>_<name>
CREATE OR REPLACE TEMP TABLE lms_term AS
SELECT row_number, term_number, trim(term) AS term, nullif(regexp_extract(term, '^\s*([0-9]+)_', 1), '') AS school_id
FROM (SELECT row_number, unnest(string_split(term, ',')) AS term, generate_subscripts(string_split(term, ','), 1) AS term_number
      FROM raw_lms_sections)
WHERE trim(term) <> '';
CREATE OR REPLACE TEMP TABLE lms_section AS
SELECT s.*, coalesce(
    (SELECT min(t.school_id) FROM lms_term AS t WHERE t.row_number = s.row_number),
    (SELECT min(t.school_id) FROM lms_term AS t HAVING count(DISTINCT t.school_id) = 1), 'school') AS school_id,
  (SELECT list(t.term ORDER BY t.term_number) FROM lms_term AS t WHERE t.row_number = s.row_number) AS terms
FROM raw_lms_sections AS s;

CREATE OR REPLACE TEMP TABLE lms_org AS
SELECT row_number() OVER (ORDER BY school_id) AS org_number, school_id
FROM (SELECT school_id FROM lms_section UNION SELECT 'school' WHERE NOT EXISTS (FROM lms_section));
INSERT INTO cells_orgs BY NAME
SELECT school_id AS sourced_id, 'School ' || school_id AS name, 'school' AS type FROM lms_org ORDER BY org_number;

INSERT INTO cells_users BY NAME
SELECT u.user_id AS sourced_id, CASE WHEN lower(r.entity_status) = 'deleted' THEN 'tobedeleted' END AS status,
  'true' AS enabled_user, (SELECT string_agg(school_id, ',' ORDER BY org_number) FROM lms_org) AS org_sourced_ids,
  u.role, r.local_user_identifier AS username, r.sis_user_identifier AS identifier, r.email_address AS email,
  nullif(regexp_extract(trim(r.name), '^(.*\S)\s+\S+$', 1, 's'), '') AS given_name,
  nullif(regexp_extract(trim(r.name), '(\S+)$', 1), '') AS family_name  -- the last word; only its order depends on it
FROM raw_lms_users AS r JOIN lms_user AS u USING (row_number) ORDER BY row_number;
INSERT INTO place_users SELECT row_number, file, row, NULL FROM where_lms_users;

-- A term has no dates here: it is taken to last from the first to the last day of the work in its sections, inside its
-- half of the school year where its name tells which half.
CREATE OR REPLACE TEMP TABLE lms_session AS
WITH work AS (
  SELECT t.term,
    min(TRY_CAST(lms_date(coalesce(a.start_date_time, a.due_date_time), $timezone) AS DATE)) AS first_day,
    max(greatest(TRY_CAST(lms_date(a.end_date_time, $timezone) AS DATE),
      TRY_CAST(lms_date(a.due_date_time, $timezone) AS DATE))) + 1 AS after_day
  FROM lms_term AS t JOIN lms_section AS s USING (row_number)
  LEFT JOIN raw_lms_assignments AS a ON a.lms_section_source_system_identifier = s.source_system_identifier
  GROUP BY t.term
), named AS (
  SELECT *, regexp_extract(term, '(\d{4})-(\d{4})', 1) AS begins, regexp_extract(term, '(\d{4})-(\d{4})', 2) AS ends,
    lower(term) LIKE '%fall%' AS is_fall, lower(term) LIKE '%spring%' AS is_spring
  FROM work
), half AS (
  SELECT *,
    CASE WHEN begins <> '' THEN make_date((CASE WHEN is_spring THEN ends ELSE begins END)::INT, CASE WHEN is_spring THEN 1 ELSE 7 END, 1)
    END AS lower_day,
    CASE WHEN begins <> '' THEN make_date(ends::INT, CASE WHEN is_fall THEN 1 ELSE 7 END, 1) END AS upper_day
  FROM named
)
SELECT row_number() OVER (ORDER BY term) AS session_number, term,
  CASE WHEN first_day BETWEEN lower_day AND upper_day - 1 OR lower_day IS NULL THEN first_day ELSE lower_day END AS start_date,
  CASE WHEN after_day BETWEEN lower_day + 1 AND upper_day OR upper_day IS NULL THEN after_day ELSE upper_day END AS end_date,
  CASE WHEN ends <> '' THEN ends ELSE year(after_day)::VARCHAR END AS school_year
FROM half WHERE begins <> '' OR after_day > first_day;
-- a term that nothing dates has no work in it: neither does it become a session
CREATE OR REPLACE TEMP TABLE lms_section AS
SELECT * REPLACE ((SELECT list(t.term ORDER BY t.term_number) FROM lms_term AS t SEMI JOIN lms_session AS d USING (term)
                   WHERE t.row_number = s.row_number) AS terms)
FROM lms_section AS s;
INSERT INTO cells_academic_sessions BY NAME
SELECT term AS sourced_id, replace(regexp_replace(term, '^[0-9]+_', ''), '_', ' ') AS title, 'term' AS type,
  start_date::VARCHAR AS start_date, end_date::VARCHAR AS end_date, school_year
FROM lms_session ORDER BY session_number;
INSERT INTO place_academic_sessions
SELECT s.session_number, w.file, w.row, NULL
FROM lms_session AS s JOIN lms_term AS t USING (term) JOIN where_lms_sections AS w ON w.row_number = t.row_number;

CREATE OR REPLACE TEMP TABLE lms_course AS
SELECT row_number() OVER (ORDER BY min(row_number)) AS course_number, title, arg_min(school_id, row_number) AS school_id,
  list(row_number) AS rows
FROM lms_section WHERE title IS NOT NULL GROUP BY title;
INSERT INTO cells_courses BY NAME
SELECT title AS sourced_id, title, title AS course_code, school_id AS org_sourced_id FROM lms_course ORDER BY course_number;
INSERT INTO place_courses
SELECT c.course_number, w.file, w.row, NULL
FROM (SELECT course_number, unnest(rows) AS row_number FROM lms_course) AS c JOIN where_lms_sections AS w USING (row_number);

INSERT INTO cells_classes BY NAME
SELECT source_system_identifier AS sourced_id, CASE WHEN lower(entity_status) = 'deleted' THEN 'tobedeleted' END AS status,
  -- a short description is the name of the subject; a long one is prose
  CASE WHEN length(trim(section_description)) BETWEEN 1 AND 60 THEN section_description ELSE title END AS title,
  title AS course_sourced_id, sis_section_identifier AS class_code, 'scheduled' AS class_type,
  school_id AS school_sourced_id, array_to_string(terms, ',') AS term_sourced_ids
FROM lms_section ORDER BY row_number;
INSERT INTO place_classes SELECT row_number, file, row, NULL FROM where_lms_sections;

-- ids of seats are only unique in their section; one that is not active has ended, at the latest when that was last seen
INSERT INTO cells_enrollments BY NAME
SELECT a.source_system_identifier || '-' || a.lms_section_source_system_identifier AS sourced_id,
  CASE WHEN lower(a.entity_status) = 'deleted' THEN 'tobedeleted' END AS status,
  a.lms_section_source_system_identifier AS class_sourced_id, coalesce(s.school_id, o.school_id) AS school_sourced_id,
  coalesce(p.user_id, a.lms_user_source_system_identifier) AS user_sourced_id, coalesce(p.role, 'student') AS role,
  lms_date(a.start_date, $timezone) AS begin_date,
  coalesce(lms_date(a.end_date, $timezone), CASE WHEN lower(a.enrollment_status) <> 'active'
    THEN lms_date(coalesce(a.last_modified_date, a.create_date), $timezone) END) AS end_date
FROM raw_lms_section_associations AS a
LEFT JOIN lms_person AS p ON p.lms_id = a.lms_user_source_system_identifier
LEFT JOIN (SELECT source_system_identifier, min(school_id) AS school_id FROM lms_section GROUP BY ALL) AS s
  ON s.source_system_identifier = a.lms_section_source_system_identifier
CROSS JOIN (SELECT min(school_id) AS school_id FROM lms_org) AS o
ORDER BY a.row_number;
INSERT INTO place_enrollments SELECT row_number, file, row, NULL FROM where_lms_section_associations;

-- work that is worth nothing and for which nobody has points earns no mark: it is only handed out or handed in
CREATE OR REPLACE TEMP TABLE lms_submission AS
SELECT *, coalesce(earned_points, CASE WHEN regexp_full_match(trim(grade), '[0-9]+([.][0-9]+)?') THEN trim(grade) END) AS points
FROM raw_lms_submissions;
CREATE OR REPLACE TEMP TABLE lms_item AS
SELECT row_number() OVER (ORDER BY a.row_number) AS item_number, a.*, a.source_system_identifier AS item_id,
  coalesce(nullif(trim(a.assignment_category), ''), 'Assignment') AS category
FROM raw_lms_assignments AS a
WHERE a.max_points IS NOT NULL OR a.source_system_identifier IN (
  SELECT assignment_source_system_identifier FROM lms_submission WHERE points IS NOT NULL);

INSERT INTO cells_categories BY NAME
SELECT lower(category) AS sourced_id, arg_min(category, item_number) AS title FROM lms_item
GROUP BY lower(category) ORDER BY min(item_number);

INSERT INTO cells_line_items BY NAME
SELECT i.item_id AS sourced_id, CASE WHEN lower(i.entity_status) = 'deleted' THEN 'tobedeleted' END AS status,
  i.title, i.assignment_description AS description, lms_date(i.start_date_time, $timezone) AS assign_date,
  lms_date(i.due_date_time, $timezone) AS due_date, lms_instant(i.due_date_time, '23:59:59', $timezone) AS due_at,
  i.lms_section_source_system_identifier AS class_sourced_id, lower(i.category) AS category_sourced_id,
  -- where a section lists several terms the due date tells which; without one, the last
  CASE WHEN len(s.terms) = 1 OR i.due_date_time IS NULL THEN s.terms[-1] END AS grading_period_sourced_id,
  '0' AS result_value_min, i.max_points AS result_value_max
FROM lms_item AS i
LEFT JOIN (SELECT source_system_identifier, any_value(terms) AS terms FROM lms_section GROUP BY ALL) AS s
  ON s.source_system_identifier = i.lms_section_source_system_identifier
ORDER BY item_number;
INSERT INTO place_line_items
SELECT i.item_number, w.file, w.row, NULL FROM lms_item AS i JOIN where_lms_assignments AS w USING (row_number);

CREATE OR REPLACE TEMP TABLE lms_result AS
SELECT row_number() OVER (ORDER BY s.row_number) AS result_number, s.*, lower(s.submission_status) AS state,
  (SELECT min(i.due_date_time) FROM lms_item AS i WHERE i.item_id = s.assignment_source_system_identifier) AS due_date_time,
  coalesce(p.user_id, s.lms_user_source_system_identifier) AS student_id
FROM lms_submission AS s LEFT JOIN lms_person AS p ON p.lms_id = s.lms_user_source_system_identifier
WHERE s.assignment_source_system_identifier IS NULL OR s.assignment_source_system_identifier NOT IN (
  SELECT source_system_identifier FROM raw_lms_assignments WHERE source_system_identifier IS NOT NULL
    AND source_system_identifier NOT IN (SELECT item_id FROM lms_item WHERE item_id IS NOT NULL));
INSERT INTO cells_results BY NAME
SELECT source_system_identifier AS sourced_id, CASE WHEN lower(entity_status) = 'deleted' THEN 'tobedeleted' END AS status,
  assignment_source_system_identifier AS line_item_sourced_id, student_id AS student_sourced_id,
  CASE
    WHEN state IN ('graded', 'returned') THEN 'fully graded'
    WHEN state IN ('late', 'on-time', 'upcoming') THEN CASE WHEN points IS NULL THEN 'submitted' ELSE 'fully graded' END
    WHEN state = 'missing' THEN 'not submitted'
    WHEN state IN ('excused', 'exempt') THEN 'exempt'
    -- marked and not given back: awaits review
    WHEN state IN ('turned_in', 'reclaimed_by_student') AND points IS NOT NULL THEN 'partially graded'
    WHEN state IN ('submitted', 'ungraded', 'draft', 'new', 'created', 'turned_in', 'reclaimed_by_student') THEN 'submitted'
    ELSE submission_status
  END AS score_status,
  points AS score, lms_instant(submission_date_time, '00:00:00', $timezone) AS submitted_at,
  lms_date(coalesce(submission_date_time, due_date_time, last_modified_date, create_date), $timezone) AS score_date,
  (state = 'late')::VARCHAR AS late, (state = 'missing')::VARCHAR AS missing
FROM lms_result ORDER BY result_number;
INSERT INTO place_results
SELECT r.result_number, w.file, w.row, NULL FROM lms_result AS r JOIN where_lms_submissions AS w USING (row_number);

-- grades name a seat, whose id is only unique in the section that the folder names
CREATE OR REPLACE TEMP TABLE lms_grade AS
SELECT row_number() OVER (ORDER BY g.row_number) + (SELECT count(*) FROM cells_supplement_grades) AS grade_number, g.*,
  w.file, w.row, coalesce(p.user_id, a.lms_user_source_system_identifier) AS student_id,
  regexp_extract(w.file, '^section=([^/]*)/', 1) AS section_id
FROM raw_lms_grades AS g JOIN where_lms_grades AS w USING (row_number)
LEFT JOIN raw_lms_section_associations AS a
  ON a.source_system_identifier = g.lms_user_lms_section_association_source_system_identifier
  AND a.lms_section_source_system_identifier = regexp_extract(w.file, '^section=([^/]*)/', 1)
LEFT JOIN lms_person AS p ON p.lms_id = a.lms_user_source_system_identifier
WHERE lower(trim(g.grade_type)) = 'final' AND trim(g.grade) <> '' AND lower(g.entity_status) IS DISTINCT FROM 'deleted';
INSERT INTO cells_supplement_grades BY NAME
SELECT student_id AS student_sourced_id, section_id AS class_sourced_id,
  (SELECT CASE WHEN len(any_value(s.terms)) = 1 THEN any_value(s.terms)[1] END FROM lms_section AS s
   WHERE s.source_system_identifier = section_id) AS academic_session_sourced_id,
  CASE WHEN NOT regexp_full_match(trim(grade), '-?[0-9]+([.][0-9]+)?') THEN grade END AS grade,
  CASE WHEN regexp_full_match(trim(grade), '-?[0-9]+([.][0-9]+)?') THEN trim(grade) END AS percent
FROM lms_grade ORDER BY grade_number;
INSERT INTO place_supplement_grades SELECT grade_number, file, row, 'Grade' FROM lms_grade;

CREATE OR REPLACE TEMP TABLE lms_day AS
SELECT row_number() OVER (ORDER BY e.row_number) + (SELECT count(*) FROM cells_supplement_attendance) AS day_number, e.*,
  w.file, w.row, coalesce(p.user_id, e.lms_user_source_system_identifier) AS student_id
FROM raw_lms_attendance_events AS e JOIN where_lms_attendance_events AS w USING (row_number)
LEFT JOIN lms_person AS p ON p.lms_id = e.lms_user_source_system_identifier
WHERE lower(e.entity_status) IS DISTINCT FROM 'deleted';
INSERT INTO cells_supplement_attendance BY NAME
SELECT student_id AS student_sourced_id,
  (SELECT min(s.school_id) FROM lms_section AS s
   WHERE s.source_system_identifier = regexp_extract(file, '^section=([^/]*)/', 1)) AS school_sourced_id,
  left(event_date, 10) AS date,
  CASE lower(trim(attendance_status))
    WHEN 'present' THEN 'In Attendance' WHEN 'absent' THEN 'Unexcused Absence' WHEN 'late' THEN 'Tardy'
    WHEN 'excused' THEN 'Excused Absence' ELSE attendance_status
  END AS event
FROM lms_day ORDER BY day_number;
INSERT INTO place_supplement_attendance SELECT day_number, file, row, 'AttendanceStatus' FROM lms_day;
