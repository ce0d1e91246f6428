-- Categories and periods in which nothing counts for a student of the batch.
SELECT person_ref, class_id, part_kind, part_id
FROM lake.out_left_out
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff AND list_contains($students, person_ref)
ORDER BY person_ref, class_id, part_kind, part_id;
