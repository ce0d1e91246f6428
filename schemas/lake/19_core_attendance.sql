CREATE TABLE lake.core_attendance (
  extract_id VARCHAR NOT NULL,
  known_at   TIMESTAMPTZ NOT NULL,
  person_ref VARCHAR NOT NULL,
  school_id  VARCHAR,
  event_date DATE NOT NULL,
  event      VARCHAR NOT NULL,  -- as the source spells it: Excused Absence, Tardy, In Attendance, …
  is_half    BOOLEAN NOT NULL   -- the reason says that it is about half a day; the reason itself is not kept
);
