-- What one result is about, with a mark of its own where the objective was marked by itself.
CREATE TABLE lake.core_result_objective (
  extract_id       VARCHAR NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  line_item_id     VARCHAR NOT NULL,
  person_ref       VARCHAR NOT NULL,
  source           VARCHAR NOT NULL,
  objective_id     VARCHAR NOT NULL,
  score            DECIMAL(18, 6),   -- points, also where it was given as a word of a scale
  word             VARCHAR           -- of the scale; never free text
);
