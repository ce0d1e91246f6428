-- One row per load: an extract whose accepted rows are in the lake; again where it became the newest record again.
CREATE TABLE lake.core_extract (
  extract_id     VARCHAR NOT NULL,      -- sha256 of the source's content
  known_at       TIMESTAMPTZ NOT NULL,  -- from the injected clock
  format         VARCHAR NOT NULL,
  format_version VARCHAR NOT NULL
);
