-- Days, not events (docs/attendance.md). The whole year's attendance never gets here, nor that of another school of the
-- student; so without a session's dates there is none. Whether presence is recorded is a matter of the school.
INSERT INTO lake.out_attendance_summary
WITH word AS (
  SELECT r.event AS said, w.event
  FROM (SELECT DISTINCT event FROM lake.core_attendance WHERE extract_id = $extract_id) r
  LEFT JOIN (SELECT unnest($words) AS word, unnest($events) AS event) w
    ON w.word = lower(trim(regexp_replace(nfc_normalize(r.event), '[\s\p{Z}\p{P}\p{S}]+', ' ', 'g')))
),
entry AS (
  SELECT s.person_ref, a.event_date, w.event,
    starts_with(w.event, 'absent') AND NOT a.is_half AS is_whole,
    starts_with(w.event, 'half-day') OR (starts_with(w.event, 'absent') AND a.is_half) AS is_half
  FROM (SELECT DISTINCT person_ref FROM graded_course) s
  JOIN lake.core_attendance a
    ON a.extract_id = $extract_id AND a.person_ref = s.person_ref AND coalesce(a.school_id = $school_id, true)
  JOIN word w ON w.said = a.event
),
in_cycle AS (
  SELECT * FROM entry
  WHERE event_date >= (SELECT start_date FROM cycle_session WHERE is_top) AND event_date <= $cutoff
),
counted AS (
  SELECT person_ref, event_date, count_if(event IN ('present', 'late', 'part-day')) AS there, count_if(event = 'late') AS late,
    count_if(event = 'part-day') AS parts, count_if(is_whole) AS wholes, count_if(is_half) AS halves,
    count_if((is_whole OR is_half) AND ends_with(event, '-excused')) AS excused,
    count_if((is_whole OR is_half) AND ends_with(event, '-unexcused')) AS unexcused
  FROM in_cycle WHERE event <> 'not-counted'
  GROUP BY ALL
),
-- halves of the day that were missed: by a day of nothing but absences, by two halves, or by one
missed AS (
  SELECT *, CASE
      WHEN wholes > 0 AND ($by_period = 'any' OR (there = 0 AND wholes + halves >= $periods)) THEN 2
      WHEN there = 0 AND halves >= 2 THEN 2
      WHEN halves >= 1 THEN 1
      ELSE 0
    END AS halves_missed
  FROM counted
),
-- two halves are each of their own kind; else a day is excused only where all of it is
judged AS (
  SELECT person_ref, event_date, late, halves_missed, halves_missed = 0 AND (parts > 0 OR wholes > 0) AS is_part,
    CASE WHEN halves_missed = 2 AND wholes = 0 AND halves = 2 THEN excused
      WHEN excused = wholes + halves THEN halves_missed ELSE 0 END AS excused_halves,
    CASE WHEN halves_missed = 2 AND wholes = 0 AND halves = 2 THEN unexcused
      WHEN unexcused > 0 THEN halves_missed ELSE 0 END AS unexcused_halves
  FROM missed
),
days AS (
  SELECT person_ref,
    sum(CASE WHEN is_part THEN 0 ELSE 2 - halves_missed END) AS present, sum(excused_halves) AS excused,
    sum(unexcused_halves) AS unexcused, sum(halves_missed - excused_halves - unexcused_halves) AS unstated,
    count_if(is_part) AS parts, count_if(late > 0 AND halves_missed = 0 AND NOT is_part) AS late
  FROM judged GROUP BY ALL
),
unknown AS (SELECT person_ref, count(*) AS entries FROM in_cycle WHERE event IS NULL GROUP BY ALL)
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, s.person_ref,
  CASE WHEN EXISTS (SELECT 1 FROM entry WHERE event = 'present') THEN d.present * 0.5 END,
  coalesce(d.excused, 0) * 0.5, coalesce(d.unexcused, 0) * 0.5, coalesce(d.unstated, 0) * 0.5,
  coalesce(d.parts, 0), coalesce(d.late, 0), coalesce(u.entries, 0)
FROM (SELECT DISTINCT person_ref FROM graded_course) s
LEFT JOIN days d USING (person_ref)
LEFT JOIN unknown u USING (person_ref)
WHERE EXISTS (SELECT 1 FROM entry) AND NOT EXISTS (SELECT 1 FROM cycle_session WHERE is_assumed);
