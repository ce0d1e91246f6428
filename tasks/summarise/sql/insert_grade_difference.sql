INSERT INTO lake.out_grade_difference
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, person_ref, class_id,
  computed_percent, computed_letter, imported_percent, imported_grade
FROM grade_difference;
