-- A Brightspace gradebook's fixed columns as every gradebook has them; `gradebook` makes the datasets of all formats of
-- it. A # before an id keeps a spreadsheet from taking it for a number.
CREATE OR REPLACE TEMP TABLE gradebook_student AS
SELECT row_number, regexp_replace(trim(org_defined_id), '^#', '') AS school_id,
  regexp_replace(trim(username), '^#', '') AS own_id, regexp_replace(trim(username), '^#', '') AS login, email,
  NULL::VARCHAR AS section, last_name AS family_name, first_name AS given_name
FROM raw_brightspace_gradebook;
