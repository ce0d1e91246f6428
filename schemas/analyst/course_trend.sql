-- Student × class × cycle that it is compared with; only where both sides have a percentage.
CREATE VIEW lake.course_trend (
  cycle_id,          -- the cycle of calendar.toml
  school_id,         -- the school's id, as in core_org
  cutoff_date,       -- the last day whose marks count
  known_at,          -- since when this was known
  is_released,       -- whether the report was released; then its numbers do not move any more
  student_key,       -- the analysts' reference of the student; null once the person is erased
  class_id,          -- the class's id, as in core_class
  against,           -- previous_cycle or last_year
  against_cycle_id,  -- the cycle compared with
  against_class_id,  -- the class compared with: the same, or the same course or subject
  measure,           -- current (of a midterm or a warning) or final: the percentage of both sides
  percent_then,      -- per cent in that cycle
  percent_now,       -- per cent in this cycle
  change_percent     -- percentage points
) AS
SELECT t.cycle_id, t.school_id, t.cutoff_date, t.known_at, k.is_released, n.student_key,
  t.class_id, t.against, t.against_cycle_id, t.against_class_id, t.measure, t.percent_then, t.percent_now, t.change_percent
FROM known.out_course_trend t
JOIN known.counting k USING (cycle_id, school_id, extract_id, policy, cutoff_date, person_ref)
LEFT JOIN known.analyst_name n USING (person_ref);
