CREATE TABLE lake.core_category (
  extract_id  VARCHAR NOT NULL,
  known_at    TIMESTAMPTZ NOT NULL,
  category_id VARCHAR NOT NULL,
  title       VARCHAR NOT NULL,
  weight      DECIMAL(18, 6)     -- per cent (OneRoster 1.2); null: the source gives none
);
