-- A Canvas gradebook's fixed columns as every gradebook has them; `gradebook` makes the datasets of all formats of it.
CREATE OR REPLACE TEMP TABLE gradebook_student AS
WITH filled AS (
  SELECT row_number, id, sis_user_id, sis_login_id, section,
    -- a name that a spreadsheet would take for a formula comes as ="name", or behind a quote or a space
    [regexp_replace(regexp_replace(name, '^="(.*)"$', '\1', 's'), '^[''\s]+([=+@-])', '\1')
     FOR name IN [student, last_name, first_name]] AS names
  FROM raw_canvas_gradebook
)
SELECT row_number, sis_user_id AS school_id, id AS own_id, sis_login_id AS login, NULL::VARCHAR AS email, section,
  CASE WHEN names[1] IS NULL THEN names[2] ELSE regexp_extract(names[1], '^(.*?)(?:,\s*|$)', 1, 's') END AS family_name,
  CASE WHEN names[1] IS NULL THEN names[3] ELSE regexp_extract(names[1], ',\s*(.*)$', 1, 's') END AS given_name
FROM filled;
