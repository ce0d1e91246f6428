-- Whose rows a gradebook's are, and which classes they are of, by the roster that came with it. A student is known by an
-- id, a login or an address, each exactly as the roster has it, and never by name.
CREATE OR REPLACE TEMP TABLE roster_key AS
SELECT DISTINCT kind, key, sourced_id FROM (
  SELECT 'school' AS kind, unnest([trim(sourced_id), trim(identifier)]) AS key, sourced_id, role, status FROM raw_users
  UNION ALL SELECT 'account', unnest([lower(trim(username)), lower(trim(email))]), sourced_id, role, status FROM raw_users
) WHERE key <> '' AND sourced_id IS NOT NULL AND lower(role) = 'student' AND lower(status) IS DISTINCT FROM 'tobedeleted';

CREATE OR REPLACE TEMP TABLE gradebook_person AS
WITH own AS (
  SELECT row_number, 'school' AS kind, trim(school_id) AS key FROM gradebook_student
  UNION ALL SELECT row_number, 'account', unnest([lower(trim(login)), lower(trim(email))]) FROM gradebook_student
)
SELECT r.row_number, r.file, r.row, s.section,
  coalesce(list(DISTINCT k.sourced_id ORDER BY k.sourced_id) FILTER (k.sourced_id IS NOT NULL), []) AS people
FROM wide_row AS r
JOIN gradebook_student AS s USING (row_number)
LEFT JOIN own AS o USING (row_number)
LEFT JOIN roster_key AS k ON k.kind = o.kind AND k.key = o.key
WHERE r.kind = 'student' GROUP BY ALL;

-- The classes that a name may mean: their own id, code or title, or those of their course.
CREATE OR REPLACE TEMP TABLE class_name AS
SELECT DISTINCT lower(trim(name)) AS name, class_id FROM (
  SELECT unnest([sourced_id, class_code, title]) AS name, sourced_id AS class_id, status FROM raw_classes
  UNION ALL SELECT unnest([o.sourced_id, o.course_code, o.title]), c.sourced_id, c.status
  FROM raw_classes AS c JOIN raw_courses AS o ON o.sourced_id = c.course_sourced_id
) WHERE trim(name) <> '' AND class_id IS NOT NULL AND lower(status) IS DISTINCT FROM 'tobedeleted';
CREATE OR REPLACE TEMP TABLE file_class AS
SELECT f.file, list(n.class_id ORDER BY n.class_id) AS classes
FROM wide_file AS f JOIN class_name AS n ON n.name = lower(trim(f.class_id)) GROUP BY f.file;

-- A section's own name goes before its parts: a student in several has them joined by commas and a word for "and".
CREATE OR REPLACE TEMP TABLE section_class AS
WITH part AS (
  SELECT section, unnest([lower(trim(section))] || regexp_split_to_array(lower(trim(section)),
      '\s*,\s*(?:and\s+)?|\s+(?:and|und|et|y|e|en|och|og|ja)\s+')) AS name
  FROM (SELECT DISTINCT section FROM gradebook_person WHERE trim(section) <> '')
), meant AS (
  SELECT section, name = lower(trim(section)) AS is_whole, class_id FROM part JOIN class_name USING (name)
)
SELECT section, list(DISTINCT class_id ORDER BY class_id) AS classes FROM meant
WHERE is_whole OR section NOT IN (SELECT section FROM meant WHERE is_whole) GROUP BY section;

-- Of the classes that the section means those of the file's course; of these the one that the student is in.
CREATE OR REPLACE TEMP TABLE gradebook_meant AS
WITH named AS (
  SELECT p.*, CASE WHEN len(p.people) = 1 THEN p.people[1] END AS person, coalesce(f.classes, []) AS of_file,
    coalesce(s.classes, []) AS of_section
  FROM gradebook_person AS p LEFT JOIN file_class AS f USING (file) LEFT JOIN section_class AS s USING (section)
)
SELECT * EXCLUDE (of_file, of_section), CASE
    WHEN len(list_intersect(of_section, of_file)) > 0 THEN list_sort(list_intersect(of_section, of_file))
    WHEN len(of_section) > 0 THEN of_section ELSE of_file END AS classes
FROM named;
-- of one class the check says that the student is not in it; of several, in none or more than one of which they are,
-- nothing is known
CREATE OR REPLACE TEMP TABLE gradebook_class AS
WITH taken AS (
  SELECT m.row_number, list(DISTINCT e.class_sourced_id) AS classes
  FROM gradebook_meant AS m JOIN raw_enrollments AS e
    ON e.user_sourced_id = m.person AND list_contains(m.classes, e.class_sourced_id)
  GROUP BY m.row_number
)
SELECT m.*,
  CASE WHEN person IS NULL THEN NULL WHEN len(t.classes) = 1 THEN t.classes[1] WHEN len(m.classes) = 1 THEN m.classes[1] END
    AS class_id
FROM gradebook_meant AS m LEFT JOIN taken AS t USING (row_number);
CREATE OR REPLACE TEMP TABLE sheet_class AS
WITH taken AS (SELECT DISTINCT file, class_id FROM gradebook_class WHERE class_id IS NOT NULL)
FROM taken UNION ALL
SELECT DISTINCT file, unnest(classes) FROM gradebook_class WHERE file NOT IN (SELECT file FROM taken);

-- A row that is nobody's has no marks here: the statement says whom it holds.
CREATE OR REPLACE TEMP TABLE gradebook_seat AS
SELECT row_number() OVER (ORDER BY row_number) AS seat_number, row_number, file, row, class_id, person AS student_id
FROM gradebook_class WHERE person IS NOT NULL;

-- Each piece of work once for each class of the file, so that its marks are on work of their own class.
CREATE OR REPLACE TEMP TABLE gradebook_item AS
SELECT row_number() OVER (ORDER BY c.file, c.place, s.class_id) AS item_number, c.* EXCLUDE (item_id),
  CASE WHEN starts_with(c.item_id, f.class_id || '-') THEN s.class_id || substr(c.item_id, length(f.class_id) + 1)
    ELSE s.class_id || '-' || c.item_id END AS line_item_id,
  s.class_id, f.points_row
FROM wide_column AS c JOIN wide_file AS f USING (file) JOIN sheet_class AS s USING (file);
