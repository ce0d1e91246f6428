-- Student × cycle that it is compared with, over the courses that have a trend.
CREATE TABLE lake.out_student_trend (
  cycle_id         VARCHAR NOT NULL,
  school_id        VARCHAR NOT NULL,
  extract_id       VARCHAR NOT NULL,
  policy           VARCHAR NOT NULL,
  cutoff_date      DATE NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  person_ref          VARCHAR NOT NULL,
  against             VARCHAR NOT NULL,        -- previous_cycle, last_year
  against_cycle_id    VARCHAR NOT NULL,
  measure             VARCHAR NOT NULL,        -- current, final
  course_count        INTEGER NOT NULL,
  mean_change_percent DECIMAL(18, 6) NOT NULL, -- percentage points, rounded by the policy
  up_count            INTEGER NOT NULL,        -- courses
  down_count          INTEGER NOT NULL,
  same_count          INTEGER NOT NULL
);
