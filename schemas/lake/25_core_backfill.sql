-- One row per extract of a term before termpost that was read in afterwards, for the history alone. Its rows stand in the
-- other tables under this id. It never is the newest record, so nobody's rights, name or address come from it.
CREATE TABLE lake.core_backfill (
  extract_id     VARCHAR NOT NULL,      -- "backfill-" and the sha256 of the source's content
  known_at       TIMESTAMPTZ NOT NULL,  -- when it was read in, never the term's own time
  format         VARCHAR NOT NULL,
  format_version VARCHAR NOT NULL
);
