-- Class × cycle: counts and exact means over the grades that count. A small class is hidden, and where it is the only
-- one hidden of its subject or its school, the next smallest with it, so that no sum gives it away.
CREATE VIEW lake.section_cycle (
  cycle_id,              -- the cycle of calendar.toml
  school_id,             -- the school's id, as in core_org
  class_id,              -- the class's id, as in core_class
  class_title,           -- what the class is called in the newest extract that counts for one of its students
  subject,               -- of the class, as the source writes it
  is_suppressed,         -- hidden, because of its size or to protect another: the numbers that follow are null
  student_count,         -- students with this class on their report
  released_count,        -- of these, whose report was released
  graded_count,          -- of these, with a current percentage
  mean_current_percent,  -- mean of the current percentages, exact to 2 places
  mean_final_percent,    -- mean of the final percentages, exact to 2 places
  missing_count,         -- line items that are missing, over all students
  late_count             -- line items that came late, over all students
) AS
WITH section AS (
  SELECT c.cycle_id, c.school_id, c.class_id, arg_max(k.title, (c.known_at, k.title)) AS class_title,
    arg_max(k.subject, (c.known_at, k.subject)) AS subject, count(*) AS student_count,
    count(*) FILTER (c.is_released) AS released_count, count(c.current_percent) AS graded_count,
    lake.mean_of(sum(c.current_percent), count(c.current_percent)) AS mean_current_percent,
    lake.mean_of(sum(c.final_percent), count(c.final_percent)) AS mean_final_percent,
    sum(c.missing_count)::BIGINT AS missing_count, sum(c.late_count)::BIGINT AS late_count
  FROM known.counting_course c
  LEFT JOIN known.core_class k USING (extract_id, class_id)
  GROUP BY ALL
), small AS (
  SELECT *, student_count < (SELECT small_cell FROM known.setting) AS is_small FROM section
), by_subject AS (
  SELECT *, is_small OR (
    count(*) FILTER (is_small) OVER of_subject = 1
    AND row_number() OVER (of_subject ORDER BY is_small DESC, student_count, class_id) = 2
  ) AS is_hidden_there
  FROM small WINDOW of_subject AS (PARTITION BY cycle_id, school_id, subject)
), by_school AS (
  SELECT *, is_hidden_there OR (
    count(*) FILTER (is_hidden_there) OVER of_school = 1
    AND row_number() OVER (of_school ORDER BY is_hidden_there DESC, student_count, class_id) = 2
  ) AS is_suppressed
  FROM by_subject WINDOW of_school AS (PARTITION BY cycle_id, school_id)
)
SELECT cycle_id, school_id, class_id, class_title, subject, is_suppressed,
  CASE WHEN NOT is_suppressed THEN student_count END, CASE WHEN NOT is_suppressed THEN released_count END,
  CASE WHEN NOT is_suppressed THEN graded_count END, CASE WHEN NOT is_suppressed THEN mean_current_percent END,
  CASE WHEN NOT is_suppressed THEN mean_final_percent END, CASE WHEN NOT is_suppressed THEN missing_count END,
  CASE WHEN NOT is_suppressed THEN late_count END
FROM by_school;
