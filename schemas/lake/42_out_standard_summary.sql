-- Student × class × learning objective.
CREATE TABLE lake.out_standard_summary (
  cycle_id         VARCHAR NOT NULL,
  school_id        VARCHAR NOT NULL,
  extract_id       VARCHAR NOT NULL,
  policy           VARCHAR NOT NULL,
  cutoff_date      DATE NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  person_ref       VARCHAR NOT NULL,
  class_id         VARCHAR NOT NULL,
  objective_id     VARCHAR NOT NULL,
  source           VARCHAR NOT NULL,        -- where the objective is listed: case, unknown
  result_count     INTEGER NOT NULL,        -- marks that count
  percent          DECIMAL(18, 6) NOT NULL, -- by the rule of [standards], rounded by the policy
  level            VARCHAR,                 -- looked up from the unrounded percentage in [standards.scale]
  is_mastered      BOOLEAN NOT NULL
);
