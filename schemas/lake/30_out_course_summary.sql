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
  letter           VARCHAR,            -- of the final percentage, by the policy's scale; I while work is incomplete
  current_letter   VARCHAR,            -- of the current percentage
  if_missing_percent DECIMAL(18, 6),   -- the current percentage if missing work stays missing; null: none is, or its price is in
  weighed_percent  DECIMAL(18, 6),     -- of the weight of the class's categories and periods, what the grade rests on; null: no weights
  grade_source     VARCHAR NOT NULL,   -- computed, or imported: final_percent and letter as they were set elsewhere
  graded_count     INTEGER NOT NULL,   -- line items with a mark that counts
  missing_count    INTEGER NOT NULL,
  late_count       INTEGER NOT NULL,
  ungraded_count   INTEGER NOT NULL,
  to_mark_count    INTEGER NOT NULL,   -- line items handed in, or blank and not settled, that the school has still to mark
  is_open          BOOLEAN NOT NULL,   -- a question about it is not decided (out_question), so its grade is to follow
  left_date        DATE,               -- the last day in the class of who left it: work due till then, no letter; null: did not leave
  moved_from       VARCHAR             -- the class of the same course whose marks are in this one; null: no move
);
