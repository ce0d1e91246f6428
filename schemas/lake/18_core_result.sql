CREATE TABLE lake.core_result (
  extract_id    VARCHAR NOT NULL,
  known_at      TIMESTAMPTZ NOT NULL,
  class_id      VARCHAR NOT NULL,  -- of the line item
  line_item_id  VARCHAR NOT NULL,
  person_ref    VARCHAR NOT NULL,
  score_status  VARCHAR NOT NULL,  -- exempt, fully graded, not submitted, partially graded, submitted
  score         DECIMAL(18, 6),    -- points; null: no score
  score_date    DATE,
  is_late       BOOLEAN NOT NULL,  -- as the source says it
  has_late_flag BOOLEAN NOT NULL,  -- the source says of every result whether it was late (OneRoster 1.2)
  is_missing    BOOLEAN NOT NULL,  -- said by OneRoster 1.2's flag; `not submitted` says it by itself
  is_incomplete BOOLEAN NOT NULL,
  submitted_at  TIMESTAMP          -- UTC; null: the source does not say
);
