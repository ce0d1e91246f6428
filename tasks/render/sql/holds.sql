-- The holds that an extract brought to a batch of students.
SELECT person_ref, class_id, reason FROM lake.core_hold
WHERE extract_id = $extract_id AND list_contains($students, person_ref)
ORDER BY ALL;
