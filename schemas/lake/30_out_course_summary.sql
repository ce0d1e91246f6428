-- Student × class × cycle: the grade and what it rests on.
CREATE TABLE lake.out_course_summary (
  cycle_id         VARCHAR NOT NULL,
  school_id        VARCHAR NOT NULL,
  extract_id       VARCHAR NOT NULL,
  policy           VARCHAR NOT NULL,   -- content version of the grading policy
  cutoff_date      DATE NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  person_ref       VARCHAR NOT NULL,
  class_id         VARCHAR NOT NULL,
  current_percent  DECIMAL(18, 6),     -- rounded by the policy; null: no grade
  final_percent    DECIMAL(18, 6),
  letter           VARCHAR,            -- looked up from the unrounded final percentage, I while work is incomplete
  grade_source     VARCHAR NOT NULL,   -- computed, or imported: final_percent and letter as they were set elsewhere
  graded_count     INTEGER NOT NULL,   -- line items with a mark that counts
  missing_count    INTEGER NOT NULL,
  late_count       INTEGER NOT NULL,
  ungraded_count   INTEGER NOT NULL
);
