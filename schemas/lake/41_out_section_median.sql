-- Class × cycle, only where the settings ask for it and it is shown: of suppressed sections there is no row.
-- A row is of the small_cell it was made under; who reads it asks for the one of the settings.
CREATE TABLE lake.out_section_median (
  cycle_id         VARCHAR NOT NULL,
  school_id        VARCHAR NOT NULL,
  extract_id       VARCHAR NOT NULL,
  policy           VARCHAR NOT NULL,
  cutoff_date      DATE NOT NULL,
  known_at         TIMESTAMPTZ NOT NULL,
  class_id         VARCHAR NOT NULL,
  small_cell       INTEGER NOT NULL,        -- least number of students with a grade
  measure          VARCHAR NOT NULL,        -- current (of a midterm), final
  median_percent   DECIMAL(19, 7) NOT NULL  -- exact; of an even number the mean of the two in the middle
);
