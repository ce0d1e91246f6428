CREATE TABLE lake.core_enrollment (
  extract_id VARCHAR NOT NULL,
  known_at   TIMESTAMPTZ NOT NULL,
  class_id   VARCHAR NOT NULL,
  school_id  VARCHAR NOT NULL,
  person_ref VARCHAR NOT NULL,
  role_code  VARCHAR NOT NULL,  -- student, teacher
  begin_date DATE,
  end_date   DATE               -- exclusive
);
