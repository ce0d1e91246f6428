-- Class × cycle, for analysts: counts only, no extremes.
CREATE TABLE lake.out_section_summary (
  cycle_id       VARCHAR NOT NULL,
  school_id      VARCHAR NOT NULL,
  extract_id     VARCHAR NOT NULL,
  policy         VARCHAR NOT NULL,
  cutoff_date    DATE NOT NULL,
  known_at       TIMESTAMPTZ NOT NULL,
  class_id       VARCHAR NOT NULL,
  student_count  INTEGER NOT NULL,
  graded_count   INTEGER NOT NULL,   -- students with a current percentage
  missing_count  INTEGER NOT NULL,   -- line items over all students
  late_count     INTEGER NOT NULL
);
