-- Student × class × cycle that it is compared with: only where both sides have a percentage.
CREATE TABLE lake.out_course_trend (
  cycle_id         VARCHAR NOT NULL,
  school_id        VARCHAR NOT NULL,
  extract_id       VARCHAR NOT NULL,
  policy           VARCHAR NOT NULL,
  cutoff_date      DATE NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  person_ref       VARCHAR NOT NULL,
  class_id         VARCHAR NOT NULL,
  against          VARCHAR NOT NULL,        -- previous_cycle, last_year
  against_cycle_id VARCHAR NOT NULL,
  against_class_id VARCHAR NOT NULL,
  measure          VARCHAR NOT NULL,        -- current (of a midterm) or final: the percentage of both sides
  percent_then     DECIMAL(18, 6) NOT NULL,
  percent_now      DECIMAL(18, 6) NOT NULL,
  change_percent   DECIMAL(18, 6) NOT NULL  -- percentage points
);
