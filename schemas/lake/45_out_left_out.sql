-- Student × class × cycle: categories and periods with a weight in which nothing counts yet, so that the rest scale up.
CREATE TABLE lake.out_left_out (
  cycle_id    VARCHAR NOT NULL,
  school_id   VARCHAR NOT NULL,
  extract_id  VARCHAR NOT NULL,
  policy      VARCHAR NOT NULL,
  cutoff_date DATE NOT NULL,
  known_at    TIMESTAMPTZ NOT NULL,
  person_ref  VARCHAR NOT NULL,
  class_id    VARCHAR NOT NULL,
  part_kind   VARCHAR NOT NULL,  -- category, period
  part_id     VARCHAR NOT NULL   -- category: its id or the title that the policy weighs it by; period: its session
);
