SELECT person_ref, present_days, absent_excused_days, absent_unexcused_days, absent_unstated_days, part_days, late_days,
  unknown_count
FROM lake.out_attendance_summary
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff AND list_contains($students, person_ref);
