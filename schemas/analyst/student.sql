-- Everyone who ever was a student in an extract, by the newest that has them.
CREATE VIEW lake.student (
  student_key,  -- the analysts' reference of the student; null once the person is erased
  school_id,    -- the school's id, as in core_org
  birth_year,   -- year of birth; null where fewer than privacy.small_cell students of the school share it, or it is not known
  grade_level   -- as the source writes it; null where fewer than privacy.small_cell students of the school share it, or it is not known
) AS
SELECT n.student_key, s.school_id,
  CASE WHEN count(f.birth_year) OVER (PARTITION BY s.school_id, f.birth_year) >= (SELECT small_cell FROM known.setting)
    THEN f.birth_year END,
  CASE WHEN count(f.grade_level) OVER (PARTITION BY s.school_id, f.grade_level) >= (SELECT small_cell FROM known.setting)
    THEN f.grade_level END
FROM known.newest_student s
LEFT JOIN known.student_fact f USING (person_ref)
LEFT JOIN known.analyst_name n USING (person_ref);
