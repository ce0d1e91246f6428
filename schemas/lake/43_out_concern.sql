-- Student × reason for concern, by the thresholds of [concern].
CREATE TABLE lake.out_concern (
  cycle_id         VARCHAR NOT NULL,
  school_id        VARCHAR NOT NULL,
  extract_id       VARCHAR NOT NULL,
  policy           VARCHAR NOT NULL,
  cutoff_date      DATE NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  person_ref       VARCHAR NOT NULL,
  class_id         VARCHAR,                 -- null: of all courses
  reason_code      VARCHAR NOT NULL,        -- low_grade, falling, missing_work, absent, no_grade
  measured         DECIMAL(18, 6) NOT NULL, -- per cent, percentage points, line items or days
  threshold        DECIMAL(18, 6) NOT NULL
);
