-- Categories and periods in which nothing of a student counts, with what families call them.
SELECT o.person_ref, o.class_id, o.part_id, coalesce(c.title, a.title, o.part_id)
FROM lake.out_left_out o
LEFT JOIN lake.core_category c ON c.extract_id = o.extract_id AND c.category_id = o.part_id
LEFT JOIN lake.core_academic_session a ON a.extract_id = o.extract_id AND a.session_id = o.part_id
WHERE o.cycle_id = $cycle_id AND o.school_id = $school_id AND o.extract_id = $extract_id AND o.policy = $policy
  AND o.cutoff_date = $cutoff AND list_contains($students, o.person_ref)
ORDER BY ALL;
