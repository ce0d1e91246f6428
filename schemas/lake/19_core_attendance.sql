CREATE TABLE lake.core_attendance (
  extract_id VARCHAR NOT NULL,
  known_at   TIMESTAMPTZ NOT NULL,
  person_ref VARCHAR NOT NULL,
  school_id  VARCHAR,
  event_date DATE NOT NULL,
  event      VARCHAR NOT NULL  -- Excused Absence, Unexcused Absence, Tardy, In Attendance, …
);
