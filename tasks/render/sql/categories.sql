-- What grades of a batch of students are made of, where the settings ask for it, and what stands beside them.
SELECT s.person_ref, s.class_id, s.title, p.title AS period, s.kind = 'beside' AS is_beside, s.weight_percent, s.percent,
  s.word, s.mark_count
FROM lake.out_category_summary s
LEFT JOIN lake.core_academic_session p ON p.extract_id = s.extract_id AND p.session_id = s.period_id
WHERE s.cycle_id = $cycle_id AND s.school_id = $school_id AND s.extract_id = $extract_id AND s.policy = $policy
  AND s.cutoff_date = $cutoff AND list_contains($students, s.person_ref) AND (s.kind = 'beside' OR $graded)
ORDER BY s.person_ref, s.class_id, is_beside, p.start_date, s.period_id, s.title, s.category;
