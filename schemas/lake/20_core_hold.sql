-- Whom the check of an extract holds, and why (law 2).
CREATE TABLE lake.core_hold (
  extract_id VARCHAR NOT NULL,
  known_at   TIMESTAMPTZ NOT NULL,
  person_ref VARCHAR NOT NULL,
  class_id   VARCHAR,           -- null: the whole report
  reason     VARCHAR NOT NULL   -- the contract's rule
);
