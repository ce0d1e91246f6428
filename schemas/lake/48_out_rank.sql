-- Student × cycle: where the student stands among those whose grades are all in, only where the settings ask for it and
-- the group is large enough. A row is of the small_cell and the group it was made under; who reads it asks for those.
CREATE TABLE lake.out_rank (
  cycle_id     VARCHAR NOT NULL,
  school_id    VARCHAR NOT NULL,
  extract_id   VARCHAR NOT NULL,
  policy       VARCHAR NOT NULL,
  cutoff_date  DATE NOT NULL,
  known_at     TIMESTAMPTZ NOT NULL,
  person_ref   VARCHAR NOT NULL,
  group_code   VARCHAR NOT NULL,  -- grade_level, school
  small_cell   INTEGER NOT NULL,  -- least number of students in a group
  place        INTEGER NOT NULL,  -- 1 is the highest average; of several with one average each has the same
  ranked_count INTEGER NOT NULL,  -- students of the group that are counted
  is_shared    BOOLEAN NOT NULL   -- another student has the same place
);
