-- Student × line item × cycle: work that is missing, came late, is incomplete, is still to be marked or was left out, as the
-- report lists it.
CREATE TABLE lake.out_work (
  cycle_id      VARCHAR NOT NULL,
  school_id     VARCHAR NOT NULL,
  extract_id    VARCHAR NOT NULL,
  policy        VARCHAR NOT NULL,
  cutoff_date   DATE NOT NULL,
  known_at      TIMESTAMPTZ NOT NULL,
  person_ref    VARCHAR NOT NULL,
  class_id      VARCHAR NOT NULL,
  line_item_id  VARCHAR NOT NULL,
  work_state    VARCHAR NOT NULL,  -- missing, late, incomplete, to_mark (the school has still to mark it), just_joined (due in the
                                   -- first days in the class), left_out (by the school's decision)
  score         DECIMAL(18, 6),    -- points, as recorded; null: no mark
  late_points   DECIMAL(18, 6)     -- what being late took off the score; null: nothing
);
