-- What the analysts' views stand on. Read by termpost's own SQL only: the references here are those of the log.
CREATE TABLE known.setting AS SELECT $small_cell::INTEGER AS small_cell;

-- Exact to two places, half away from zero; null of nothing. Plain division would make a floating-point number of it.
CREATE MACRO lake.mean_of(total, number) AS
  CASE WHEN number > 0 THEN
    (sign(total) * ((2 * abs((total * 1000000)::HUGEINT) + 10000 * number) // (20000 * number)))::DECIMAL(18, 0)
      * 0.01::DECIMAL(3, 2)
  END;

-- Of each school and cycle, the summaries that were made last.
CREATE VIEW known.newest_summary AS
SELECT DISTINCT ON (cycle_id, school_id) cycle_id, school_id, extract_id, policy, cutoff_date, known_at
FROM known.out_student_summary
ORDER BY cycle_id, school_id, known_at DESC, extract_id, policy, cutoff_date;

-- Student × cycle × school: what the released report rests on; after a correction, the corrected one.
CREATE VIEW known.newest_release AS
SELECT DISTINCT ON (cycle_id, school_id, person_ref) * FROM known.out_release
ORDER BY cycle_id, school_id, person_ref, known_at DESC;

-- Student × cycle × school: the summaries that count. Those that the released report rests on, else the newest; none of
-- a term before termpost in which the student's id was somebody else's.
CREATE VIEW known.counting AS
SELECT s.cycle_id, s.school_id, s.extract_id, s.policy, s.cutoff_date, s.known_at, s.person_ref,
  r.person_ref IS NOT NULL AS is_released, s.course_count, s.graded_courses, s.missing_count, s.late_count
FROM known.out_student_summary s
LEFT JOIN known.newest_release r USING (cycle_id, school_id, person_ref)
LEFT JOIN known.newest_summary n USING (cycle_id, school_id)
ANTI JOIN known.core_reused_id i ON i.extract_id = s.extract_id AND i.person_ref = s.person_ref
WHERE (s.extract_id, s.policy, s.cutoff_date)
  = CASE WHEN r.person_ref IS NOT NULL THEN (r.extract_id, r.policy, r.cutoff_date)
    ELSE (n.extract_id, n.policy, n.cutoff_date) END;

-- Student × class × cycle, by the summaries that count.
CREATE VIEW known.counting_course AS
SELECT c.*, k.is_released
FROM known.out_course_summary c
JOIN known.counting k USING (cycle_id, school_id, extract_id, policy, cutoff_date, person_ref);

-- Student: by the newest extract that has them, where they are and who they are; one that was read in afterwards counts
-- only for those whom no other has.
CREATE VIEW known.newest_student AS
SELECT DISTINCT ON (p.person_ref) p.person_ref, p.school_id, p.identity
FROM known.core_person p
LEFT JOIN known.core_backfill b ON b.extract_id = p.extract_id
WHERE p.role_code = 'student'
ORDER BY p.person_ref, b.extract_id IS NOT NULL, p.known_at DESC, p.extract_id;

CREATE VIEW known.newest_identity AS SELECT person_ref, identity FROM known.newest_student;

-- Opened from the sealed identities, in memory only, and only for a query that needs it.
CREATE TABLE known.student_fact (person_ref VARCHAR, birth_year INTEGER, grade_level VARCHAR);
