-- Days, not events: two tardy marks on one day are one late day. The whole year's attendance never gets here, nor that
-- of another school of the student; so without a session's dates there is none.
INSERT INTO lake.out_attendance_summary
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, s.person_ref,
  CASE WHEN EXISTS (SELECT 1 FROM lake.core_attendance WHERE extract_id = $extract_id AND event = 'In Attendance')
    THEN count(DISTINCT a.event_date) FILTER (a.event = 'In Attendance') END,
  count(DISTINCT a.event_date) FILTER (a.event = 'Excused Absence'),
  count(DISTINCT a.event_date) FILTER (a.event = 'Unexcused Absence'),
  count(DISTINCT a.event_date) FILTER (a.event = 'Tardy'),
  count(DISTINCT a.event_date) FILTER (a.event NOT IN ('Excused Absence', 'Unexcused Absence', 'Tardy', 'In Attendance'))
FROM (SELECT DISTINCT person_ref FROM graded_course) s
LEFT JOIN lake.core_attendance a
  ON a.extract_id = $extract_id AND a.person_ref = s.person_ref AND coalesce(a.school_id = $school_id, true)
  AND a.event_date >= (SELECT start_date FROM cycle_session WHERE is_top) AND a.event_date <= $cutoff
WHERE EXISTS (SELECT 1 FROM lake.core_attendance WHERE extract_id = $extract_id)
  AND NOT EXISTS (SELECT 1 FROM cycle_session WHERE is_assumed)
GROUP BY s.person_ref;
