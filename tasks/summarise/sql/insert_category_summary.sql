-- Of a kind of rows that is there already nothing is added: the switch for those of grades may come later than the summary.
INSERT INTO lake.out_category_summary
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, g.person_ref, g.class_id, g.category,
  coalesce(c.title, g.category), g.period_id, g.kind, g.weight_percent, g.percent, g.word, g.mark_count
FROM category_grade g
LEFT JOIN lake.core_category c ON c.extract_id = $extract_id AND c.category_id = g.category
WHERE g.kind NOT IN (
  SELECT kind FROM lake.out_category_summary WHERE cycle_id = $cycle_id AND school_id = $school_id
    AND extract_id = $extract_id AND policy = $policy AND cutoff_date = $cutoff);
