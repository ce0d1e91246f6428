-- Student × class × cycle where a grade that was set elsewhere is not the one computed here: for the proof pack.
CREATE TABLE lake.out_grade_difference (
  cycle_id         VARCHAR NOT NULL,
  school_id        VARCHAR NOT NULL,
  extract_id       VARCHAR NOT NULL,
  policy           VARCHAR NOT NULL,
  cutoff_date      DATE NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  person_ref       VARCHAR NOT NULL,
  class_id         VARCHAR NOT NULL,
  computed_percent DECIMAL(18, 6),   -- final, rounded by the policy
  computed_letter  VARCHAR,
  imported_percent DECIMAL(18, 6),
  imported_grade   VARCHAR
);
