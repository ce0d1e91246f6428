-- School × cycle: counts and exact means over the grades that count. A school with few reports is hidden.
CREATE VIEW lake.school_cycle (
  cycle_id,              -- the cycle of calendar.toml
  school_id,             -- the school's id, as in core_org
  is_suppressed,         -- hidden, because of its size: the numbers that follow are null
  student_count,         -- students a report was due for
  released_count,        -- of these, whose report was released
  course_count,          -- courses on all reports together
  graded_count,          -- of these, with a current percentage
  mean_current_percent,  -- mean of the current percentages of all courses, exact to 2 places
  mean_final_percent,    -- mean of the final percentages of all courses, exact to 2 places
  missing_count,         -- line items that are missing, over all students
  late_count             -- line items that came late, over all students
) AS
WITH student AS (
  SELECT cycle_id, school_id, count(*) AS student_count, count(*) FILTER (is_released) AS released_count,
    sum(missing_count)::BIGINT AS missing_count, sum(late_count)::BIGINT AS late_count
  FROM known.counting GROUP BY ALL
), course AS (
  SELECT cycle_id, school_id, count(*) AS course_count, count(current_percent) AS graded_count,
    lake.mean_of(sum(current_percent), count(current_percent)) AS mean_current_percent,
    lake.mean_of(sum(final_percent), count(final_percent)) AS mean_final_percent
  FROM known.counting_course GROUP BY ALL
), school AS (
  SELECT *, student_count < (SELECT small_cell FROM known.setting) AS is_suppressed
  FROM student LEFT JOIN course USING (cycle_id, school_id)
)
SELECT cycle_id, school_id, is_suppressed,
  CASE WHEN NOT is_suppressed THEN student_count END, CASE WHEN NOT is_suppressed THEN released_count END,
  CASE WHEN NOT is_suppressed THEN coalesce(course_count, 0) END,
  CASE WHEN NOT is_suppressed THEN coalesce(graded_count, 0) END,
  CASE WHEN NOT is_suppressed THEN mean_current_percent END, CASE WHEN NOT is_suppressed THEN mean_final_percent END,
  CASE WHEN NOT is_suppressed THEN missing_count END, CASE WHEN NOT is_suppressed THEN late_count END
FROM school;
