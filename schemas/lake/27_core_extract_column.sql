-- Extract × file × column in which some cell says something: what a newer extract is compared with.
CREATE TABLE lake.core_extract_column (
  extract_id  VARCHAR NOT NULL,
  known_at    TIMESTAMPTZ NOT NULL,
  file        VARCHAR NOT NULL,  -- as its contract calls it
  column_name VARCHAR NOT NULL,  -- as its contract calls it
  value_count BIGINT NOT NULL    -- cells that are not blank, of all rows, accepted or not
);
