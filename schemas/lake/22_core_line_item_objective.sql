-- What a line item is about.
CREATE TABLE lake.core_line_item_objective (
  extract_id       VARCHAR NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  line_item_id     VARCHAR NOT NULL,
  source           VARCHAR NOT NULL,  -- where the objective is listed: case, unknown
  objective_id     VARCHAR NOT NULL
);
