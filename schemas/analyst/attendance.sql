-- Student × cycle: days of attendance within the cycle; half a day is 0.5.
CREATE VIEW lake.attendance (
  cycle_id,               -- the cycle of calendar.toml
  school_id,              -- the school's id, as in core_org
  cutoff_date,            -- the last day that counts
  known_at,               -- since when this was known
  is_released,            -- whether the report was released; then its numbers do not move any more
  student_key,            -- the analysts' reference of the student; null once the person is erased
  present_days,           -- days present, late ones too; null where the school records absences only
  absent_excused_days,    -- days absent with an excuse
  absent_unexcused_days,  -- days absent without one
  absent_unstated_days,   -- days absent of which the record does not say whether excused
  part_days,              -- days of which the student missed a part
  late_days,              -- days on which the student came late
  unknown_count           -- entries in words that nobody has explained, in none of the days
) AS
SELECT a.cycle_id, a.school_id, a.cutoff_date, a.known_at, k.is_released, n.student_key, a.present_days,
  a.absent_excused_days, a.absent_unexcused_days, a.absent_unstated_days, a.part_days, a.late_days, a.unknown_count
FROM known.out_attendance_summary a
JOIN known.counting k USING (cycle_id, school_id, extract_id, policy, cutoff_date, person_ref)
LEFT JOIN known.analyst_name n USING (person_ref);
