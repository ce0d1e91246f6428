-- A Moodle gradebook's fixed columns as every gradebook has them; `gradebook` makes the datasets of all formats of it.
CREATE OR REPLACE TEMP TABLE gradebook_student AS
SELECT row_number, id_number AS school_id, coalesce(username, lower(email)) AS own_id, username AS login, email,
  NULL::VARCHAR AS section, coalesce(last_name, surname) AS family_name, first_name AS given_name
FROM raw_moodle_gradebook;
