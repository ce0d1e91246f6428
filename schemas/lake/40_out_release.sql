-- Student × cycle × released version: which summaries it rests on. A released cycle stays frozen to them.
CREATE TABLE lake.out_release (
  cycle_id    VARCHAR NOT NULL,
  school_id   VARCHAR NOT NULL,
  extract_id  VARCHAR NOT NULL,
  policy      VARCHAR NOT NULL,
  cutoff_date DATE NOT NULL,
  known_at    TIMESTAMPTZ NOT NULL,
  person_ref  VARCHAR NOT NULL
);
