-- Each student of a cycle: courses, work, and what a mean is made of. $kind says which percentage the cycle is about.
SELECT c.person_ref, count(*) AS course_count, sum(c.missing_count)::INTEGER AS missing_count,
  sum(c.late_count)::INTEGER AS late_count,
  sum(CASE WHEN $kind IN ('midterm', 'warning') THEN c.current_percent ELSE c.final_percent END) AS percent_sum,
  count(CASE WHEN $kind IN ('midterm', 'warning') THEN c.current_percent ELSE c.final_percent END) AS percent_count
FROM lake.out_course_summary c
WHERE c.cycle_id = $cycle_id AND c.school_id = $school_id AND c.extract_id = $extract_id AND c.policy = $policy
  AND c.cutoff_date = $cutoff
GROUP BY c.person_ref;
