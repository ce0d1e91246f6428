CREATE TABLE lake.core_class (
  extract_id   VARCHAR NOT NULL,
  known_at     TIMESTAMPTZ NOT NULL,
  class_id     VARCHAR NOT NULL,
  school_id    VARCHAR NOT NULL,
  title        VARCHAR NOT NULL,
  subject      VARCHAR,
  session_ids  VARCHAR[],
  course_id    VARCHAR,
  class_type   VARCHAR   -- homeroom, scheduled
);
