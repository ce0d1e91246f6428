CREATE TABLE lake.core_org (
  extract_id VARCHAR NOT NULL,
  known_at   TIMESTAMPTZ NOT NULL,
  org_id     VARCHAR NOT NULL,
  name       VARCHAR NOT NULL,
  org_type   VARCHAR NOT NULL,  -- school, district, …
  parent_id  VARCHAR
);
