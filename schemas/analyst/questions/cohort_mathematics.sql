-- How has a cohort's mathematics moved over the cycles? Cohorts by year of birth and by grade level; a student without
-- either, or whose group in the school is small, is in none.
--   school_id: the school
--   cohort_kind: birth year, or grade level
--   cohort: the year, or the level as the source writes it
--   cycle_id: the cycle
--   cutoff_date: its last day; the rows of a cohort are in this order
--   student_count: students of the cohort with a final percentage in a class of mathematics; null where they are few
--   mean_final_percent: mean of those percentages, exact to 2 places; null where the students are few
WITH cohort AS (
  SELECT student_key, school_id, 'birth year' AS cohort_kind, birth_year::VARCHAR AS cohort
  FROM student WHERE birth_year IS NOT NULL
  UNION ALL
  SELECT student_key, school_id, 'grade level', grade_level FROM student WHERE grade_level IS NOT NULL
), moved AS (
  SELECT g.school_id, c.cohort_kind, c.cohort, g.cycle_id, max(g.cutoff_date) AS cutoff_date,
    count(DISTINCT g.student_key) AS student_count,
    mean_of(sum(g.final_percent), count(g.final_percent)) AS mean_final_percent
  FROM course_grade g
  JOIN cohort c USING (student_key, school_id)
  WHERE g.final_percent IS NOT NULL AND regexp_matches(g.subject, 'math|algebra|geometry|calculus|statistics', 'i')
  GROUP BY ALL
)
SELECT school_id, cohort_kind, cohort, cycle_id, cutoff_date,
  CASE WHEN student_count >= (SELECT small_cell FROM known.setting) THEN student_count END AS student_count,
  CASE WHEN student_count >= (SELECT small_cell FROM known.setting) THEN mean_final_percent END AS mean_final_percent
FROM moved
ORDER BY school_id, cohort_kind, cohort, cutoff_date, cycle_id;
