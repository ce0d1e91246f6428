-- One row for each cycle of a school that was summarised, from one extract by one policy: what trends look back to.
CREATE TABLE lake.out_cycle (
  cycle_id         VARCHAR NOT NULL,
  school_id        VARCHAR NOT NULL,
  extract_id       VARCHAR NOT NULL,
  policy           VARCHAR NOT NULL,
  cutoff_date      DATE NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  session_id       VARCHAR NOT NULL,
  kind             VARCHAR NOT NULL,  -- midterm, end_of_term, final, warning
  is_backfilled    BOOLEAN NOT NULL   -- of a term before termpost, read in afterwards: no report was made of it
);
