-- A Blackboard gradebook's fixed columns as every gradebook has them; `gradebook` makes the datasets of all formats of it.
CREATE OR REPLACE TEMP TABLE gradebook_student AS
SELECT row_number, student_id AS school_id, username AS own_id, username AS login, NULL::VARCHAR AS email,
  child_course_id AS section, last_name AS family_name, first_name AS given_name
FROM raw_blackboard_gradebook;
