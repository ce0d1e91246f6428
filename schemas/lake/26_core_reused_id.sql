-- Student × extract of core_backfill in which the student's id stood for somebody else: those rows are not theirs.
CREATE TABLE lake.core_reused_id (
  extract_id VARCHAR NOT NULL,
  known_at   TIMESTAMPTZ NOT NULL,
  person_ref VARCHAR NOT NULL
);
