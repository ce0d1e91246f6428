CREATE TABLE lake.core_academic_session (
  extract_id   VARCHAR NOT NULL,
  known_at     TIMESTAMPTZ NOT NULL,
  session_id   VARCHAR NOT NULL,
  title        VARCHAR NOT NULL,
  session_type VARCHAR NOT NULL,  -- schoolYear, semester, term, gradingPeriod
  start_date   DATE NOT NULL,
  end_date     DATE NOT NULL,     -- exclusive (OneRoster 1.1)
  parent_id    VARCHAR
);
