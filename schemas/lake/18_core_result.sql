CREATE TABLE lake.core_result (
  extract_id   VARCHAR NOT NULL,
  known_at     TIMESTAMPTZ NOT NULL,
  line_item_id VARCHAR NOT NULL,
  person_ref   VARCHAR NOT NULL,
  score_status VARCHAR NOT NULL,  -- exempt, fully graded, not submitted, partially graded, submitted
  score        DECIMAL(18, 6),    -- points; null: no score
  score_date   DATE,
  is_late      BOOLEAN NOT NULL
);
