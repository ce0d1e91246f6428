-- The median of each class that is large enough. Where just one section of a course would be hidden, the smallest that is
-- shown is hidden too: the one could be told from the others and the whole. No minimum and no maximum anywhere.
INSERT INTO lake.out_section_median
WITH grade AS (
  SELECT s.class_id, coalesce('course ' || c.course_id, 'subject ' || c.subject, 'title ' || c.title) AS course,
    CASE WHEN $kind IN ('midterm', 'warning') THEN s.current_percent ELSE s.final_percent END AS percent
  FROM lake.out_course_summary s
  LEFT JOIN lake.core_class c ON c.extract_id = s.extract_id AND c.class_id = s.class_id
  WHERE s.cycle_id = $cycle_id AND s.school_id = $school_id AND s.extract_id = $extract_id AND s.policy = $policy
    AND s.cutoff_date = $cutoff AND s.left_date IS NULL
),
placed AS (
  SELECT *, row_number() OVER (PARTITION BY class_id ORDER BY percent) AS place,
    count(*) OVER (PARTITION BY class_id) AS students
  FROM grade WHERE percent IS NOT NULL
),
section AS (
  SELECT class_id, course, students,
    sum(percent * CASE WHEN students % 2 = 1 THEN 1.0 ELSE 0.5 END)::DECIMAL(19, 7) AS median_percent
  FROM placed WHERE place IN ((students + 1) // 2, (students + 2) // 2)
  GROUP BY ALL
),
judged AS (
  SELECT *, students >= $small_cell AS is_large,
    count(*) FILTER (students < $small_cell) OVER (PARTITION BY course) AS hidden,
    row_number() OVER (PARTITION BY course, students >= $small_cell ORDER BY students, class_id) AS from_smallest
  FROM section
)
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, class_id, $small_cell,
  CASE WHEN $kind IN ('midterm', 'warning') THEN 'current' ELSE 'final' END, median_percent
FROM judged
WHERE is_large AND NOT (hidden = 1 AND from_smallest = 1);
