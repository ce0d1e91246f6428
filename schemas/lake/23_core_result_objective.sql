-- What one result is about, with a mark of its own where the objective was marked by itself.
CREATE TABLE lake.core_result_objective (
  extract_id       VARCHAR NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  line_item_id     VARCHAR NOT NULL,
  person_ref       VARCHAR NOT NULL,
  source           VARCHAR NOT NULL,  -- where the objective is listed: case, unknown
  objective_id     VARCHAR NOT NULL,
  score            DECIMAL(18, 6)     -- points, also where it was given as a word of a score scale; null: the result's own
);
