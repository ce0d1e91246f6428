-- School × cycle.
CREATE TABLE lake.out_school_summary (
  cycle_id         VARCHAR NOT NULL,
  school_id        VARCHAR NOT NULL,
  extract_id       VARCHAR NOT NULL,
  policy           VARCHAR NOT NULL,
  cutoff_date      DATE NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  student_count      INTEGER NOT NULL,
  course_count       INTEGER NOT NULL,   -- student × class
  graded_courses     INTEGER NOT NULL,   -- of these, with a current percentage
  incomplete_courses INTEGER NOT NULL,   -- with the letter I
  missing_count      INTEGER NOT NULL,   -- line items over all students
  late_count         INTEGER NOT NULL,
  absent_days        DECIMAL(18, 1),     -- excused or not, over all students; null: the school has no attendance
  late_days          INTEGER,
  concern_count      INTEGER NOT NULL    -- students with a reason for concern
);
