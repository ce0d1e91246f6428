CREATE TABLE lake.core_line_item (
  extract_id       VARCHAR NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  line_item_id     VARCHAR NOT NULL,
  class_id         VARCHAR NOT NULL,
  category_id      VARCHAR,
  session_id       VARCHAR,         -- the grading period it belongs to
  title            VARCHAR NOT NULL,
  due_date         DATE,            -- in the school's zone
  points_possible  DECIMAL(18, 6),  -- resultValueMax; 0 or null is extra credit
  points_min       DECIMAL(18, 6),  -- resultValueMin, the lowest mark there is; null: 0
  due_at           TIMESTAMP        -- UTC; of a source with instants (LMS Toolkit), a bare day's last second in the school's zone; null: the source has days
);
