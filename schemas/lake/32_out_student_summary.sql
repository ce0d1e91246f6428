-- Student × cycle: one row for each report that is due.
CREATE TABLE lake.out_student_summary (
  cycle_id       VARCHAR NOT NULL,
  school_id      VARCHAR NOT NULL,
  extract_id     VARCHAR NOT NULL,
  policy         VARCHAR NOT NULL,
  cutoff_date    DATE NOT NULL,
  known_at       TIMESTAMPTZ NOT NULL,
  person_ref     VARCHAR NOT NULL,
  course_count   INTEGER NOT NULL,
  graded_courses INTEGER NOT NULL,   -- courses with a current percentage
  missing_count  INTEGER NOT NULL,
  late_count     INTEGER NOT NULL
);
