-- Student × class × learning objective.
CREATE VIEW lake.standard (
  cycle_id,          -- the cycle of calendar.toml
  school_id,         -- the school's id, as in core_org
  cutoff_date,       -- the last day whose marks count
  known_at,          -- since when this was known
  is_released,       -- whether the report was released; then its numbers do not move any more
  student_key,       -- the analysts' reference of the student; null once the person is erased
  class_id,          -- the class's id, as in core_class
  objective_id,      -- the learning objective, as the source names it
  source,            -- where the objective is listed: case or unknown
  result_count,      -- marks that count
  percent,           -- by the rule of the grading policy
  level,             -- on the scale of standards; null without one
  is_mastered        -- whether the percentage reaches the mastery of the policy
) AS
SELECT t.cycle_id, t.school_id, t.cutoff_date, t.known_at, k.is_released, n.student_key,
  t.class_id, t.objective_id, t.source, t.result_count, t.percent, t.level, t.is_mastered
FROM known.out_standard_summary t
JOIN known.counting k USING (cycle_id, school_id, extract_id, policy, cutoff_date, person_ref)
LEFT JOIN known.analyst_name n USING (person_ref);
