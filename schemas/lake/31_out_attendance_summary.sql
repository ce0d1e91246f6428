-- Student × cycle: days with an event between the session's start and the cut-off.
CREATE TABLE lake.out_attendance_summary (
  cycle_id               VARCHAR NOT NULL,
  school_id              VARCHAR NOT NULL,
  extract_id             VARCHAR NOT NULL,
  policy                 VARCHAR NOT NULL,
  cutoff_date            DATE NOT NULL,
  known_at               TIMESTAMPTZ NOT NULL,
  person_ref             VARCHAR NOT NULL,
  present_days           INTEGER,            -- null: the extract has no day of presence
  absent_excused_days    INTEGER NOT NULL,
  absent_unexcused_days  INTEGER NOT NULL,
  late_days              INTEGER NOT NULL,
  other_days             INTEGER NOT NULL
);
