-- What grades of a batch wait for beside marks of single pieces; of a whole class the student is ''.
SELECT class_id, coalesce(person_ref, '') AS person_ref, cause_code, coalesce(part_id, '') AS part_id
FROM lake.out_question
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff AND cause_code IN ('empty-category', 'empty-period', 'move-differs')
  AND (coalesce(person_ref, '') = '' OR list_contains($students, person_ref))
ORDER BY ALL;
