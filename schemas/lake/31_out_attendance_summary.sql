-- Student × cycle: days between the session's start and the cut-off. A day is in one column but for late ones, which are
-- days of presence: present + absent + part days are all of which anything is known.
CREATE TABLE lake.out_attendance_summary (
  cycle_id               VARCHAR NOT NULL,
  school_id              VARCHAR NOT NULL,
  extract_id             VARCHAR NOT NULL,
  policy                 VARCHAR NOT NULL,
  cutoff_date            DATE NOT NULL,
  known_at               TIMESTAMPTZ NOT NULL,
  person_ref             VARCHAR NOT NULL,
  present_days           DECIMAL(9, 1),           -- null: the school records absences only, or nothing of this student
  absent_excused_days    DECIMAL(9, 1) NOT NULL,  -- half a day is 0.5
  absent_unexcused_days  DECIMAL(9, 1) NOT NULL,
  absent_unstated_days   DECIMAL(9, 1) NOT NULL,  -- the record does not say whether excused
  part_days              INTEGER NOT NULL,        -- absent for a part of the day
  late_days              INTEGER NOT NULL,
  unknown_count          INTEGER NOT NULL         -- entries in words that nobody has explained, in none of the days
);
