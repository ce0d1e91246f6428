INSERT INTO graded_course
SELECT s.person_ref, s.class_id,
  CASE WHEN f.has_current THEN f.current::DECIMAL(19, 0) * 0.000001::DECIMAL(7, 6) END,
  CASE WHEN f.has_final THEN f.final::DECIMAL(19, 0) * 0.000001::DECIMAL(7, 6) END,
  $letters[f.letter], 'computed', f.graded_count, f.missing_count, f.late_count, f.ungraded_count
FROM plain_frame f POSITIONAL JOIN plain_seat s;
