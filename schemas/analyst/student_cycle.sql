-- Student × cycle: one row for each report that was due.
CREATE VIEW lake.student_cycle (
  cycle_id,        -- the cycle of calendar.toml
  school_id,       -- the school's id, as in core_org
  cutoff_date,     -- the last day whose marks count
  known_at,        -- since when this was known
  is_released,     -- whether the report was released; then its numbers do not move any more
  student_key,     -- the analysts' reference of the student; null once the person is erased
  course_count,    -- courses on the report
  graded_courses,  -- courses with a current percentage
  missing_count,   -- line items that are missing, over all courses
  late_count       -- line items that came late, over all courses
) AS
SELECT k.cycle_id, k.school_id, k.cutoff_date, k.known_at, k.is_released, n.student_key, k.course_count,
  k.graded_courses, k.missing_count, k.late_count
FROM known.counting k
LEFT JOIN known.analyst_name n USING (person_ref);
