-- Student × reason for concern, by the thresholds of the grading policy.
CREATE VIEW lake.concern (
  cycle_id,          -- the cycle of calendar.toml
  school_id,         -- the school's id, as in core_org
  cutoff_date,       -- the last day whose marks count
  known_at,          -- since when this was known
  is_released,       -- whether the report was released; then its numbers do not move any more
  student_key,       -- the analysts' reference of the student; null once the person is erased
  class_id,          -- the class's id, as in core_class; null: of all courses
  reason_code,       -- low_grade, falling, missing_work, absent or no_grade
  measured,          -- per cent, percentage points, line items or days
  threshold          -- from where on it is a reason, in the same unit
) AS
SELECT t.cycle_id, t.school_id, t.cutoff_date, t.known_at, k.is_released, n.student_key,
  t.class_id, t.reason_code, t.measured, t.threshold
FROM known.out_concern t
JOIN known.counting k USING (cycle_id, school_id, extract_id, policy, cutoff_date, person_ref)
LEFT JOIN known.analyst_name n USING (person_ref);
