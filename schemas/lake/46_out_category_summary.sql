-- Student × class × category (× weighted period) × cycle: what a grade is made of, only where the settings ask for it; and
-- categories that stand beside the grades, always.
CREATE TABLE lake.out_category_summary (
  cycle_id       VARCHAR NOT NULL,
  school_id      VARCHAR NOT NULL,
  extract_id     VARCHAR NOT NULL,
  policy         VARCHAR NOT NULL,
  cutoff_date    DATE NOT NULL,
  known_at       TIMESTAMPTZ NOT NULL,
  person_ref     VARCHAR NOT NULL,
  class_id       VARCHAR NOT NULL,
  category       VARCHAR NOT NULL,  -- its id, or the title that the policy weighs it by
  title          VARCHAR NOT NULL,
  period_id      VARCHAR,           -- the weighted period; null: of the whole, or beside the grades
  kind           VARCHAR NOT NULL,  -- graded, beside
  weight_percent DECIMAL(18, 6),    -- as the policy or the extract says; null: it has none
  percent        DECIMAL(18, 6) NOT NULL,  -- current in a midterm and beside the grades, final else; rounded by the policy
  word           VARCHAR,           -- of a category beside the grades, by its own scale; null: it has none
  mark_count     INTEGER NOT NULL   -- that count, after drops
);
