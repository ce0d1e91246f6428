-- The scale a line item is marked on.
CREATE TABLE lake.core_line_item_scale (
  extract_id       VARCHAR NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  line_item_id     VARCHAR NOT NULL,
  score_scale_id   VARCHAR NOT NULL
);
