-- The check's holds that belong to one school: that of the class, else of the student's seats, else of the student's own
-- record. A quarantined row may have taken the very seat that tells the school, and a hold that no school shows would be
-- a student nobody misses; what is left over stands with the first school.
WITH
seat AS (
  SELECT DISTINCT person_ref, school_id FROM lake.core_enrollment
  WHERE extract_id = $extract_id AND role_code = 'student'
),
place AS (
  FROM seat
  UNION
  SELECT person_ref, school_id FROM lake.core_person
  WHERE extract_id = $extract_id AND role_code = 'student' AND school_id IN (SELECT school_id FROM seat)
    AND person_ref NOT IN (SELECT person_ref FROM seat)
),
hold AS (
  SELECT DISTINCT h.person_ref, h.class_id, h.reason, c.school_id
  FROM lake.core_hold h
  LEFT JOIN lake.core_class c
    ON c.extract_id = h.extract_id AND c.class_id = h.class_id AND c.school_id IN (SELECT school_id FROM seat)
  WHERE h.extract_id = $extract_id
)
SELECT person_ref, class_id, reason FROM hold
WHERE coalesce(
  school_id = $school_id,
  (person_ref, $school_id) IN (SELECT (person_ref, school_id) FROM place)
    OR (person_ref NOT IN (SELECT person_ref FROM place) AND $school_id = (SELECT min(school_id) FROM seat))
)
ORDER BY ALL;
