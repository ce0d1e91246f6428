-- Student × class × cycle: the grade of the report that was released, else of the newest that waits.
CREATE VIEW lake.course_grade (
  cycle_id,         -- the cycle of calendar.toml
  school_id,        -- the school's id, as in core_org
  class_id,         -- the class's id, as in core_class
  class_title,      -- what the class is called in the extract that the grade was made from
  subject,          -- of the class, as the source writes it
  cutoff_date,      -- the last day whose marks count
  known_at,         -- since when this grade was known
  is_released,      -- whether the report it stands in was released; then it does not move any more
  student_key,      -- the analysts' reference of the student; null once the person is erased
  current_percent,  -- per cent of what is marked; null: no grade
  final_percent,    -- per cent with what is missing counted; null: no grade
  letter,           -- by the school's scale; I while work is incomplete
  grade_source,     -- computed here, or imported: as it was set elsewhere
  graded_count,     -- line items with a mark that counts
  missing_count,    -- line items that are missing
  late_count,       -- line items that came late
  ungraded_count,   -- line items without a mark yet
  to_mark_count,    -- of them those that are due, and handed in or blank: the school has still to mark them
  current_letter,   -- of current_percent
  is_to_follow,     -- whether the grade waits for a decision of the school (docs/grading.md)
  left_date         -- the last day in the class of a student who left it; null: did not leave
) AS
SELECT c.cycle_id, c.school_id, c.class_id, k.title, k.subject, c.cutoff_date, c.known_at, c.is_released, n.student_key,
  c.current_percent, c.final_percent, c.letter, c.grade_source, c.graded_count, c.missing_count, c.late_count,
  c.ungraded_count, c.to_mark_count, c.current_letter, c.is_open, c.left_date
FROM known.counting_course c
LEFT JOIN known.core_class k USING (extract_id, class_id)
LEFT JOIN known.analyst_name n USING (person_ref);
