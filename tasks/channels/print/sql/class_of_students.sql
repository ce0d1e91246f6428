-- The one class each student is found in: homeroom on the day, else of the classes on the report the one that most
-- have, so that packs are few. $day is the day of printing.
WITH seat AS (
  SELECT e.person_ref, c.class_id, c.title, c.class_type = 'homeroom' AS is_homeroom
  FROM lake.core_enrollment e JOIN lake.core_class c ON c.extract_id = e.extract_id AND c.class_id = e.class_id
  WHERE e.extract_id = $extract_id AND e.role_code = 'student' AND c.class_type = 'homeroom'
    AND (e.begin_date IS NULL OR e.begin_date <= $day) AND (e.end_date IS NULL OR e.end_date > $day)
  UNION ALL
  SELECT DISTINCT s.person_ref, c.class_id, c.title, false
  FROM lake.out_course_summary s JOIN lake.core_class c ON c.extract_id = s.extract_id AND c.class_id = s.class_id
  WHERE s.extract_id = $extract_id AND s.cycle_id = $cycle_id AND c.class_type IS DISTINCT FROM 'homeroom'
), sized AS (
  SELECT *, count(*) OVER (PARTITION BY class_id) AS seats FROM seat
)
SELECT person_ref, class_id, title FROM sized
QUALIFY row_number() OVER (PARTITION BY person_ref ORDER BY is_homeroom DESC, seats DESC, title, class_id) = 1;
