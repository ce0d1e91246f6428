-- Each class of a cycle: students, grades, and their spread.
SELECT c.class_id, any_value(k.title) AS title, count(*) AS student_count,
  count(CASE WHEN $kind IN ('midterm', 'warning') THEN c.current_percent ELSE c.final_percent END) AS percent_count,
  sum(CASE WHEN $kind IN ('midterm', 'warning') THEN c.current_percent ELSE c.final_percent END) AS percent_sum,
  min(CASE WHEN $kind IN ('midterm', 'warning') THEN c.current_percent ELSE c.final_percent END) AS lowest,
  max(CASE WHEN $kind IN ('midterm', 'warning') THEN c.current_percent ELSE c.final_percent END) AS highest,
  count(*) FILTER (c.current_percent IS NULL AND c.letter IS NULL) AS without_grade
FROM lake.out_course_summary c
LEFT JOIN lake.core_class k ON k.extract_id = c.extract_id AND k.class_id = c.class_id
WHERE c.cycle_id = $cycle_id AND c.school_id = $school_id AND c.extract_id = $extract_id AND c.policy = $policy
  AND c.cutoff_date = $cutoff
GROUP BY c.class_id ORDER BY title, c.class_id;
