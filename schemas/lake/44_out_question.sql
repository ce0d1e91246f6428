-- What the school must decide before a grade is true, once for each piece, pupil, category or move. None holds a report:
-- while it is not decided, the grade of the courses it is about is to follow.
CREATE TABLE lake.out_question (
  cycle_id      VARCHAR NOT NULL,
  school_id     VARCHAR NOT NULL,
  extract_id    VARCHAR NOT NULL,
  policy        VARCHAR NOT NULL,
  cutoff_date   DATE NOT NULL,
  known_at      TIMESTAMPTZ NOT NULL,
  cause_code    VARCHAR NOT NULL,  -- unmarked-piece, unmarked-pupil, empty-category, empty-period, move-differs
  class_id      VARCHAR NOT NULL,
  line_item_id  VARCHAR,           -- of an unmarked piece or pupil
  person_ref    VARCHAR,           -- of an unmarked pupil or a move
  part_id       VARCHAR,           -- the category or period that is empty; the class that was left
  student_count INTEGER NOT NULL   -- whose grade waits for it
);
