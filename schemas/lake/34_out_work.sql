-- Student × line item × cycle: work that is missing or came late, as the report lists it.
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
  work_state    VARCHAR NOT NULL,  -- missing, late
  score         DECIMAL(18, 6)     -- points, as recorded; null: no mark
);
